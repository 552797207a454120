"""One picture: decode, resize, compress."""

from functools import lru_cache
from typing import TYPE_CHECKING

from imgopt.codecs import svg
from imgopt.codecs.header import ImageHeader
from imgopt.codecs.ico import codec as ico
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding
from imgopt.imaging.geometry import Size, place
from imgopt.imaging.options import ProcessingSettings, ResizeBehavior
from imgopt.imaging.plan import Step, canvas_of, steps_for, target_format
from imgopt.imaging.product import Product, product_of
from imgopt.imaging.steps.compress import CODECS, Attempts, Codec, fit
from imgopt.imaging.steps.decode import Decoded, decode, shows_through
from imgopt.imaging.steps.preview import Preview, fit_by_preview, sample_of
from imgopt.imaging.steps.resize import REDUCING_GAP, plan_resize, resize

if TYPE_CHECKING:
    from PIL.Image import Image

WITHOUT_ALPHA = frozenset({"jpg"})


def optimize(data: bytes, source: ImageHeader, options: ProcessingSettings) -> Product:
    decoded = _read(data, source, options)
    target = target_format(source.format, options, has_alpha=shows_through(decoded.image))
    if target == "ico" and Step.RESIZE not in steps_for(options):
        return _make_icons(decoded.image, options)
    return _make(decoded, target, canvas_of(source, options), options)


def _read(data: bytes, source: ImageHeader, options: ProcessingSettings) -> Decoded:
    """No more pixels than are needed, where the format can be read so."""
    own = Size(source.width, source.height)
    if source.format != "svg":
        scale = place(own, canvas_of(source, options), options.output_resize_behavior).factor
        return decode(data, source.format, options.keep_metadata, scale=scale)
    wanted = Size(max(ico.SIDES), max(ico.SIDES)) if _is_icon_set(options) else canvas_of(source, options)
    drawn = own.scaled(place(own, wanted, options.output_resize_behavior).factor)
    return Decoded(svg.render(data, drawn.width, drawn.height), NO_METADATA)


def _make(decoded: Decoded, target: str, canvas: Size, options: ProcessingSettings) -> Product:
    image, keep_alpha = decoded.image, target not in WITHOUT_ALPHA
    focus = plan_resize(image, canvas, options.output_resize_behavior)

    @lru_cache(maxsize=2)  # each may be hundreds of megabytes
    def at_scale(scale: float) -> "Image":
        placement = focus if scale == 1 else focus.scaled_by(scale)
        return resize(image, placement, keep_alpha=keep_alpha)

    def encode(quality: int, scale: float) -> Encoding:
        return CODECS[target].encode(at_scale(scale), quality, decoded.metadata)

    scalable, limit = Step.RESIZE not in steps_for(options), options.output_file_size_limit
    preview = _preview(at_scale(1), CODECS[target]) if limit else None
    if limit and preview:
        made = fit_by_preview(Attempts(encode), preview, options.output_quality, limit, scalable=scalable)
    else:
        made = fit(encode, options.output_quality, limit, scalable=scalable)
    return product_of(made, target, Size(*at_scale(made.scale).size))


def _preview(image: "Image", codec: Codec) -> Preview | None:
    sample = sample_of(image)
    if sample is None:
        return None

    def measure(quality: int, scale: float) -> int:
        size = Size(*sample.size).scaled(scale)
        scaled = sample if scale == 1 else sample.resize((size.width, size.height), reducing_gap=REDUCING_GAP)
        return len(codec.encode(scaled, quality, NO_METADATA).data)

    return Preview(measure, image.width * image.height / (sample.width * sample.height))


def _make_icons(image: "Image", options: ProcessingSettings) -> Product:
    """A square of each usual size, with margins where the picture is none."""
    squares = [Size(side, side) for side in ico.SIDES]
    rgba = image.convert("RGBA")
    icons = [resize(rgba, plan_resize(rgba, square, ResizeBehavior.PAD), keep_alpha=True) for square in squares]

    def encode(quality: int, _scale: float) -> Encoding:
        return ico.encode_set(icons, quality)

    made = fit(encode, options.output_quality, options.output_file_size_limit, scalable=False)
    return product_of(made, "ico", squares[-1])


def _is_icon_set(options: ProcessingSettings) -> bool:
    return options.output_format.value == "ico" and Step.RESIZE not in steps_for(options)
