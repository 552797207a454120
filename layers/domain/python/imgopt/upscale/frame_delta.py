"""Upscales frames of an animation: where little changes from one frame to the next, only that is upscaled."""

from math import ceil
from typing import TYPE_CHECKING

from imgopt.imaging.geometry import Size
from imgopt.upscale.models import NetworkChoice
from imgopt.upscale.scaling import Enlarger

if TYPE_CHECKING:
    from PIL.Image import Image

    Box = tuple[int, int, int, int]


class DeltaUpscaler:
    """An `Enlarger` for a sequence of images of one size: only pixels that a change can affect are made again.

    Images are made as a whole where the result is smaller than the network's output, which would take much memory; and
    for networks with blended tiles, where a pixel depends on several tiles.
    """

    def __init__(self, whole: Enlarger) -> None:
        self._whole = whole
        self._last: tuple[Image, Image] | None = None

    def __call__(self, image: "Image", size: Size) -> "tuple[Image, int]":
        from PIL.Image import Resampling

        canvas = Size(*image.size).scaled(self._whole.choice.scale)
        if self._whole.choice.model.feather or size.pixels < canvas.pixels:
            return self._whole(image, size)
        made, tiles = self._continue(image, *self._last) if self._last else self._whole(image, canvas)
        self._last = image, made
        larger = made.copy() if size == canvas else made.resize((size.width, size.height), Resampling.LANCZOS)
        return larger, tiles

    def _continue(self, image: "Image", before: "Image", made: "Image") -> "tuple[Image, int]":
        from PIL import ImageChops

        changed = ImageChops.difference(before, image).getbbox()
        if changed is None:
            return made, 0
        choice = self._whole.choice
        new = _grow(changed, reach(choice), image.size)
        seen = _grow(new, reach(choice), image.size)
        part = image.crop(seen)
        larger, tiles = self._whole(part, Size(*part.size).scaled(choice.scale))
        left, top, right, bottom = (edge * choice.scale for edge in new)
        x, y = seen[0] * choice.scale, seen[1] * choice.scale
        made.paste(larger.crop((left - x, top - y, right - x, bottom - y)), (left, top))
        return made, tiles


def reach(choice: NetworkChoice) -> int:
    """Returns how many pixels around a change are affected: each pass has its context, in smaller and smaller
    pixels.
    """
    return sum(ceil(choice.model.context / choice.model.scale**number) for number in range(choice.passes))


def _grow(box: "Box", by: int, size: tuple[int, int]) -> "Box":
    left, top, right, bottom = box
    return max(0, left - by), max(0, top - by), min(size[0], right + by), min(size[1], bottom + by)
