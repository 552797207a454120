"""GIF frames as browsers show them: the background colour is ignored, and what nothing has drawn is transparent."""

from io import BytesIO
from typing import TYPE_CHECKING

from imgopt.codecs.gif.blocks import read_delays, read_plays, read_size, read_xmp
from imgopt.codecs.gif.graphics import DAMAGED, Graphic, read_graphics
from imgopt.codecs.shared.animation import Animation, Transform, collect, sample_indexes
from imgopt.codecs.shared.compositor import Patch, compose
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

BAND = 256


def decode_animation(data: bytes, frame_limit: int | None = None, transform: "Transform | None" = None) -> Animation:
    """A still one is an animation of one frame. Raises InvalidImage where a frame can't be read.

    As in browsers, pixels whose data is missing at the end of a frame are not drawn.
    """
    size, durations = read_size(BytesIO(data)), list(read_delays(BytesIO(data)))
    if not durations:
        raise InvalidImage(DAMAGED)
    indexes = sample_indexes(len(durations), frame_limit or len(durations))
    frames = compose(size, (_to_patch(graphic, size) for graphic in read_graphics(data)))
    return collect(frames, indexes, durations, read_plays(data), transform)


def open_image(data: bytes) -> "Image":
    """The first frame, RGB, or RGBA where something may show through. Raises InvalidImage where data is missing."""
    first = next(read_graphics(data), None)
    if first is None or 0 in first.size:
        raise InvalidImage(DAMAGED)
    numbers, complete = first.decode()
    if not complete:
        raise InvalidImage(DAMAGED)
    image = _place(first, numbers, read_size(BytesIO(data)))
    image.info["xmp"] = read_xmp(data)
    return image


def _to_patch(graphic: Graphic, screen: tuple[int, int]) -> Patch:
    graphic.check_size(screen)
    numbers, complete = graphic.decode()
    mask = graphic.find_drawn(numbers, complete=complete)
    return Patch(numbers.convert("RGB"), graphic.left, graphic.top, graphic.disposal, mask=mask)


def _place(graphic: Graphic, numbers: "Image", screen: tuple[int, int]) -> "Image":
    """As `compose` would. It is done in bands: each copy of a large picture takes hundreds of megabytes."""
    from PIL import Image

    if graphic.transparent is not None:
        numbers.info["transparency"] = graphic.transparent
    if graphic.size == screen:
        return numbers.convert("RGB" if graphic.transparent is None else "RGBA")
    canvas = Image.new("RGBA", screen)
    for top in range(0, numbers.height, BAND):
        band = numbers.crop((0, top, numbers.width, min(top + BAND, numbers.height)))
        canvas.paste(band.convert("RGBA"), (graphic.left, graphic.top + top))
    return canvas
