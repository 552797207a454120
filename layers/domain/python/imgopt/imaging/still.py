"""One picture: decode, resize, compress."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from imgopt.codecs.format import Encode, Format, ImageHeader, ImageSet
from imgopt.codecs.formats import FORMATS, encoder_of
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding
from imgopt.errors import InvalidImage
from imgopt.imaging.artifact import (
    Made,
    describe_left_out,
    describe_lost,
    describe_vector_metadata,
    join_warnings,
    made_of,
)
from imgopt.imaging.deep import DeepPicture, read_deep
from imgopt.imaging.geometry import Size, place
from imgopt.imaging.options import ProcessingSettings, ResizeBehavior
from imgopt.imaging.plan import Step, canvas_of, changes_size, steps_for, target_format
from imgopt.imaging.steps.compress import Attempts, Compressed, fit, lowest_scale_of, search
from imgopt.imaging.steps.decode import UNREADABLE, Decoded, decode, read_kept, shows_through
from imgopt.imaging.steps.preview import Preview, fit_by_preview, sample_of
from imgopt.imaging.steps.resize import REDUCING_GAP, plan_resize, resize

if TYPE_CHECKING:
    from PIL.Image import Image


def optimize_still(data: bytes, source: ImageHeader, options: ProcessingSettings) -> Made:
    images = FORMATS[source.format].encode_set
    if images and target_format(source.format, options) == source.format and not changes_size(options):
        return _rewrite_set(data, source, images, options)
    decoded = _read(data, source, options)
    target = FORMATS[target_format(source.format, options, has_alpha=shows_through(decoded.image))]
    if target.encode_set and Step.RESIZE not in steps_for(options):
        return _make_set(decoded, target, target.encode_set, options)
    picture = read_deep(data, source, target, canvas_of(source, options), options.output_quality)
    return _make(decoded, picture, target, options, canvas_of(source, options))


def _read(data: bytes, source: ImageHeader, options: ProcessingSettings) -> Decoded:
    """No more pixels than are needed, where the format can be read so."""
    own, vector = Size(source.width, source.height), FORMATS[source.format].vector
    if vector is None:
        scale = place(own, canvas_of(source, options), options.output_resize_behavior).factor
        decoded = decode(data, source.format, options.keep_metadata, scale=scale)
        return replace(decoded, metadata=replace(decoded.metadata, dpi=source.dpi))
    drawn = own.scaled(place(own, _wanted(source, options), options.output_resize_behavior).factor)
    drawing = vector.render(data, drawn.width, drawn.height)
    lost = describe_vector_metadata(data, source, options.keep_metadata)
    return Decoded(drawing.image, NO_METADATA, warning=join_warnings(describe_left_out(drawing.left_out), lost))


def _wanted(source: ImageHeader, options: ProcessingSettings) -> Size:
    """Of a set, what its largest picture needs."""
    images = FORMATS[target_format(source.format, options)].encode_set
    if images and Step.RESIZE not in steps_for(options):
        return Size(max(images.sides), max(images.sides))
    return canvas_of(source, options)


def _make(
    decoded: Decoded, deep: DeepPicture | None, target: Format, options: ProcessingSettings, canvas: Size
) -> Made:
    image, write = decoded.image, encoder_of(target)
    focus = plan_resize(image, canvas, options.output_resize_behavior)

    @lru_cache(maxsize=2)  # each may be hundreds of megabytes
    def at_scale(scale: float) -> "Image":
        placement = focus if scale == 1 else focus.scaled_by(scale)
        return resize(image, placement, keep_alpha=target.keeps_alpha)

    def encode(quality: int, scale: float) -> Encoding:
        if deep and quality >= deep.format.lowest_quality:
            return deep.encode(focus if scale == 1 else focus.scaled_by(scale), decoded.metadata)
        return write(at_scale(scale), quality, decoded.metadata)

    scalable, limit = Step.RESIZE not in steps_for(options), options.output_file_size_limit
    attempts = Attempts(encode, lowest_scale=lowest_scale_of(canvas))
    preview = _preview(at_scale(1), write) if limit else None
    if limit and preview:
        made = fit_by_preview(attempts, preview, options.output_quality, limit, scalable=scalable)
    else:
        made = search(attempts, options.output_quality, limit, scalable=scalable)
    return made_of(made, target.name, canvas.scaled(made.scale), bits=decoded.bits, warning=_warning(decoded, target))


def _warning(decoded: Decoded, target: Format) -> str | None:
    return join_warnings(decoded.warning, describe_lost(decoded.metadata, target))


def _preview(image: "Image", write: Encode) -> Preview | None:
    sample = sample_of(image)
    if sample is None:
        return None

    def measure(quality: int, scale: float) -> int:
        size = Size(*sample.size).scaled(scale)
        scaled = sample if scale == 1 else sample.resize((size.width, size.height), reducing_gap=REDUCING_GAP)
        return len(write(scaled, quality, NO_METADATA).data)

    return Preview(measure, image.width * image.height / (sample.width * sample.height))


def _rewrite_set(data: bytes, source: ImageHeader, images: ImageSet, options: ProcessingSettings) -> Made:
    """Each size keeps its own drawing."""

    def encode(quality: int, _scale: float) -> Encoding:
        try:
            return images.rewrite(data, quality)
        except UNREADABLE as error:
            raise InvalidImage(f"The {FORMATS[source.format].label} file is damaged and can't be decoded.") from error

    made = fit(encode, options.output_quality, options.output_file_size_limit, scalable=False)
    kept = read_kept(data, source.format, options.keep_metadata)
    lost = describe_lost(kept, FORMATS[source.format])
    return made_of(made, source.format, Size(source.width, source.height), warning=lost)


def _make_set(decoded: Decoded, target: Format, images: ImageSet, options: ProcessingSettings) -> Made:
    """A square of each usual size, with margins where the picture is none."""
    squares = [Size(side, side) for side in images.sides]
    rgba = decoded.image.convert("RGBA")
    icons = [resize(rgba, plan_resize(rgba, square, ResizeBehavior.PAD), keep_alpha=True) for square in squares]
    limit = options.output_file_size_limit

    def fit_with(write: "Callable[[list[Image], int], Encoding]") -> Compressed:
        return fit(lambda quality, _: write(icons, quality), options.output_quality, limit, scalable=False)

    made = fit_with(images.encode)
    if limit and made.size > limit:
        made = fit_with(images.encode_packed)
    return made_of(made, target.name, squares[-1], bits=decoded.bits, warning=_warning(decoded, target))
