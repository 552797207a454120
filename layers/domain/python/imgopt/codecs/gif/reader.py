"""Decodes GIF frames as browsers show them: the background colour is ignored, and undrawn pixels are transparent."""

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
    """Decodes all frames; a still image has one. Raises InvalidImage where a frame can't be decoded.

    As in browsers, pixels whose data are missing at the end of a frame are not drawn.
    """
    size, durations = read_size(BytesIO(data)), list(read_delays(BytesIO(data)))
    if not durations:
        raise InvalidImage(DAMAGED)
    indexes = sample_indexes(len(durations), frame_limit or len(durations))
    frames = compose(size, (_to_patch(graphic, size) for graphic in read_graphics(data)))
    return collect(frames, indexes, durations, read_plays(data), transform)


def open_image(data: bytes) -> "Image":
    """Decodes the first frame, to RGB, or RGBA where it may be transparent. Raises InvalidImage where data are
    missing.
    """
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
    """Places a frame as `compose` would, in bands, because each copy of a large picture takes hundreds of megabytes."""
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
