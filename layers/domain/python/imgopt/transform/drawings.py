"""SVG sources: sanitized, or drawn as pixels."""

from math import sqrt

from imgopt.codecs.capabilities import Vector
from imgopt.codecs.format import ImageHeader
from imgopt.codecs.shared import vips
from imgopt.imaging.artifact import describe_left_out
from imgopt.imaging.geometry import Size
from imgopt.imaging.options import ResizeBehavior
from imgopt.transform.pipeline import Transformation, scale_needed
from imgopt.transform.sizes import round_half_up
from imgopt.transform.source_image import OpenedSource
from imgopt.transform.variant import Variant


def clean_drawing(data: bytes, source: ImageHeader, vector: Vector) -> Variant:
    """Returns the vector image in its own size, without scripts, event handlers and external references."""
    prepared = vector.prepare(data, None, None, ResizeBehavior.PAD.value)
    size = source.width, source.height
    warnings = tuple(filter(None, (describe_left_out(prepared.left_out),)))
    return Variant(prepared.data, source.format, *size, *size, warnings=warnings)


def open_drawing(data: bytes, own: Size, vector: Vector, wanted: Transformation, most_pixels: int) -> OpenedSource:
    """Draws the vector image as large as the options need it, with at most `most_pixels`."""
    scale = scale_needed(own, wanted)
    if most_pixels:
        scale = min(scale, sqrt(most_pixels / own.pixels))
    width, height = (max(1, round_half_up(side * scale)) for side in (own.width, own.height))
    drawing = vector.render(data, width, height)
    return OpenedSource(vips.from_pillow(drawing.image), own, warning=describe_left_out(drawing.left_out))
