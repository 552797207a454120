"""Moving pictures that stay so: each frame resized alike, timing kept."""

from typing import TYPE_CHECKING, Protocol

from imgopt.codecs.avif import animation as avif_animation
from imgopt.codecs.gif import codec as gif
from imgopt.codecs.header import ImageHeader, count_frames
from imgopt.codecs.png import animation as png_animation
from imgopt.codecs.png import chunks as png_chunks
from imgopt.codecs.shared import animation
from imgopt.codecs.shared.animation import Animation
from imgopt.codecs.shared.encoding import Encoding
from imgopt.codecs.webp import animation as webp_animation
from imgopt.imaging.geometry import Placement, Size
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, canvas_of, steps_for
from imgopt.imaging.product import Product, product_of
from imgopt.imaging.steps.compress import fit
from imgopt.imaging.steps.resize import plan_resize, resize

if TYPE_CHECKING:
    from PIL.Image import Image


class AnimationCodec(Protocol):
    """What a codec offers that can hold more than one frame."""

    def encode_animation(self, animation: Animation, quality: int) -> Encoding: ...


CODECS: dict[str, AnimationCodec] = {
    "gif": gif,
    "webp": webp_animation,
    "avif": avif_animation,
    "png": png_animation,
}


def optimize(data: bytes, source: ImageHeader, target: str, options: ProcessingSettings) -> Product:
    canvas, resizes = canvas_of(source, options), Step.RESIZE in steps_for(options)
    keeps_size = canvas == Size(source.width, source.height)

    def encode(quality: int, scale: float) -> Encoding:
        if source.format == target and keeps_size and scale == 1:
            return _rewrite(data, target, quality, options)
        frames = _read(data, source.format, canvas.scaled(scale), options)
        return CODECS[target].encode_animation(frames, quality)

    made = fit(encode, options.output_quality, options.output_file_size_limit, scalable=not resizes)
    frames = count_frames(made.encoding.data, target)  # encoders may join frames that are alike
    return product_of(made, target, canvas.scaled(made.scale), frames=frames)


def _rewrite(data: bytes, target: str, quality: int, options: ProcessingSettings) -> Encoding:
    """Formats that can be made smaller as they are, without drawing every frame."""
    if target == "gif":
        return gif.optimize(data, quality, frame_limit=options.gif_frame_limit)
    if target == "png" and not options.gif_frame_limit and not png_chunks.has_exif(data):  # it may turn the frames
        return png_animation.repack(data)
    return CODECS[target].encode_animation(animation.decode(data, target, options.gif_frame_limit), quality)


def _read(data: bytes, source_format: str, canvas: Size, options: ProcessingSettings) -> Animation:
    """A crop keeps the same region in all frames, the one that stands out in the first."""
    placements: list[Placement] = []

    def transform(frame: "Image") -> "Image":
        if not placements:
            placements.append(plan_resize(frame, canvas, options.output_resize_behavior))
        return resize(frame, placements[0], keep_alpha=True)

    return animation.decode(data, source_format, options.gif_frame_limit, transform)
