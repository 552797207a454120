"""Samples parts of a large image."""

from math import ceil, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


def take_tiles(image: "Image", count: int, side: int) -> "Image":
    """Returns `count` tiles in each direction, spread evenly, side by side; a short side is used as a whole."""
    from PIL import Image

    (columns, width), (rows, height) = _cut(image.width, count, side), _cut(image.height, count, side)
    sample = Image.new(image.mode, (len(columns) * width, len(rows) * height))
    for column, left in enumerate(columns):
        for row, top in enumerate(rows):
            tile = image.crop((left, top, left + width, top + height))
            sample.paste(tile, (column * width, row * height))
    return sample


def take_pixels(image: "Image", count: int) -> "Image":
    """At most `count` pixels as they are, from all over the image, at equal distances."""
    from PIL import Image

    distance = ceil(sqrt(image.width * image.height / count))
    size = max(1, image.width // distance), max(1, image.height // distance)
    return image.resize(size, Image.Resampling.NEAREST)


def take_strips(image: "Image", count: int, rows: int) -> "Image":
    """Returns `count` strips of the full width, spread evenly, one below the other; a low image is returned as
    a whole.
    """
    from PIL import Image

    tops, height = _cut(image.height, count, rows)
    sample = Image.new(image.mode, (image.width, len(tops) * height))
    for strip, top in enumerate(tops):
        sample.paste(image.crop((0, top, image.width, top + height)), (0, strip * height))
    return sample


def _cut(length: int, count: int, side: int) -> tuple[list[int], int]:
    """Returns the starts of tiles along a side, and their length."""
    if length <= count * side:
        return [0], length
    return [(length - side) * tile // (count - 1) for tile in range(count)], side
