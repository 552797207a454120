"""Composes the frames of GIF and APNG files from their patches.

Undrawn and cleared pixels are transparent, as in browsers.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

Rectangle = tuple[int, int, int, int]
TRANSPARENT = (0, 0, 0, 0)


class Disposal(Enum):
    """What happens to a patch's area after its display (GIF89a, 23.c.iv; PNG, 3rd ed., 11.3.6.2)."""

    NONE = "none"
    BACKGROUND = "background"
    PREVIOUS = "previous"


class Blend(Enum):
    """Whether a patch replaces its area, including alpha, or is blended over it (PNG, 3rd ed., 11.3.6.2)."""

    SOURCE = "source"
    OVER = "over"


@dataclass(frozen=True)
class Patch:
    """Pixels in RGB or RGBA for the place `left`, `top` of the canvas. Parts beyond its edges are invisible.

    With a `mask` in mode 1 of the same size, only its pixels are drawn. A patch must be drawn once: its pixels may
    become the canvas.
    """

    pixels: "Image"
    left: int = 0
    top: int = 0
    disposal: Disposal = Disposal.NONE
    blend: Blend = Blend.SOURCE
    mask: "Image | None" = None


def compose(size: tuple[int, int], patches: Iterable[Patch]) -> "Iterator[Image]":
    """Yields the canvas after each patch: RGB where it must be opaque, else RGBA.

    The canvas is drawn on again: callers must copy what they keep. As it is transparent at first, `PREVIOUS` clears the
    area of the first patch, as the PNG specification requires.
    """
    from PIL import Image

    canvas = Image.new("RGBA", size)
    for patch in patches:
        area = _visible_area(patch, size)
        ground = canvas.copy() if patch.disposal is Disposal.PREVIOUS else canvas
        drawn = _draw(ground, patch, area)
        yield drawn
        if patch.disposal is Disposal.BACKGROUND:
            canvas = _clear(drawn, area)
        elif patch.disposal is Disposal.NONE:
            canvas = drawn


def _visible_area(patch: Patch, size: tuple[int, int]) -> Rectangle:
    """Returns left, top, right and bottom on the canvas; an empty area where all is beyond its edges."""
    (width, height), (across, down) = size, patch.pixels.size
    left, top = min(patch.left, width), min(patch.top, height)
    return left, top, min(patch.left + across, width), min(patch.top + down, height)


def _draw(canvas: "Image", patch: Patch, area: Rectangle) -> "Image":
    left, top, right, bottom = area
    if right <= left or bottom <= top:
        return canvas
    inside = (0, 0, right - left, bottom - top)
    pixels, mask = _cut(patch.pixels, inside), patch.mask and _cut(patch.mask, inside)
    if pixels.mode == "RGBA" and patch.blend is Blend.OVER:
        return _lay_over(canvas, pixels, area)
    if pixels.mode == "RGB" and pixels.size == canvas.size and not mask:
        return pixels
    return _replace(canvas, pixels, area, mask)


def _cut(image: "Image", box: Rectangle) -> "Image":
    """Crops the image, without a copy where all of it is used."""
    return image if image.size == box[2:] else image.crop(box)


def _lay_over(canvas: "Image", pixels: "Image", area: Rectangle) -> "Image":
    """Blends pixels over an area. Both branches follow PNG, 3rd ed., 13.16: straight alpha, rounded results."""
    if canvas.mode == "RGB":
        canvas.paste(pixels, area, pixels)
    else:
        canvas.alpha_composite(pixels, area[:2])
    return canvas


def _replace(canvas: "Image", pixels: "Image", area: Rectangle, mask: "Image | None") -> "Image":
    ground = _in_mode(canvas, "RGBA") if pixels.mode == "RGBA" else canvas
    ground.paste(_in_mode(pixels, ground.mode), area, mask)
    return ground


def _clear(canvas: "Image", area: Rectangle) -> "Image":
    ground = _in_mode(canvas, "RGBA")
    ground.paste(TRANSPARENT, area)
    return ground


def _in_mode(image: "Image", mode: str) -> "Image":
    """Converts the image, without the copy that `convert` makes where the mode is the same."""
    return image if image.mode == mode else image.convert(mode)
