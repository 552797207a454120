"""Reads the picture that a still result is made of."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TypeAlias

from imgopt.codecs.capabilities import Vector
from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.color import flatten
from imgopt.codecs.shared.encoding import NO_METADATA
from imgopt.codecs.shared.provenance import mark
from imgopt.imaging.artifact import describe_left_out, describe_vector_metadata, join_warnings
from imgopt.imaging.background import rgb_of
from imgopt.imaging.geometry import Size, place
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, canvas_of, drawn_size, steps_for, target_format
from imgopt.imaging.steps.decode import Decoded, decode

ReadPicture: TypeAlias = Callable[[ProcessingSettings], Decoded]


def read_once(data: bytes, source: ImageHeader, outputs: Sequence[ProcessingSettings]) -> ReadPicture:
    """Returns a function that decodes the picture once for all results, when it is first needed. A vector image is
    drawn for each.
    """
    vector = FORMATS[source.format].vector

    @cache
    def decode_for_all() -> Decoded:
        return _decode(data, source, outputs)

    return (lambda options: _draw(data, source, vector, options)) if vector else (lambda _options: decode_for_all())


def _decode(data: bytes, source: ImageHeader, outputs: Sequence[ProcessingSettings]) -> Decoded:
    """Decodes no more pixels than the largest result needs, where the format allows it."""
    own = Size(source.width, source.height)
    scale = max(place(own, canvas_of(source, each), each.output_resize_behavior).factor for each in outputs)
    decoded = _put_on(decode(data, source.format, outputs[0].keep_metadata, scale=scale), outputs[0])
    return replace(decoded, metadata=mark(replace(decoded.metadata, dpi=source.dpi), source.source_type))


def _draw(data: bytes, source: ImageHeader, vector: Vector, options: ProcessingSettings) -> Decoded:
    drawn = drawn_size(source, _wanted(source, options), options.output_resize_behavior)
    drawing = vector.render(data, drawn.width, drawn.height)
    lost = describe_vector_metadata(data, source, options.keep_metadata)
    warning = join_warnings(describe_left_out(drawing.left_out), lost)
    return _put_on(Decoded(drawing.image, NO_METADATA, warning=warning), options)


def _put_on(decoded: Decoded, options: ProcessingSettings) -> Decoded:
    """Puts the picture on the background, if one is asked for, so that nothing is transparent."""
    color = options.output_background
    return replace(decoded, image=flatten(decoded.image, rgb_of(color))) if color else decoded


def _wanted(source: ImageHeader, options: ProcessingSettings) -> Size:
    """Returns the size that is needed; for formats with a set of sizes, that of the largest."""
    images = FORMATS[target_format(source.format, options)].encode_set
    if images and Step.RESIZE not in steps_for(options):
        return Size(max(images.sides), max(images.sides))
    return canvas_of(source, options)
