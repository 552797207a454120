"""SampleTiles of a picture, side by side, that are scored in place of the whole.

A tile has the picture's own resolution: a smaller picture would hide what is lost. They are many and small, spread
evenly, each at another place of its part of the picture, so that nothing that repeats is met everywhere or nowhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

# Of 32-256 pixels the side whose samples come nearest to the whole's score (docs/decisions/0044). A JPEG's blocks of
# 16 pixels fit into it.
TILE_EDGE, BLOCK = 48, 16
TILE_PIXELS = TILE_EDGE * TILE_EDGE
# How much more the whole has lost than a sample shows, whose seams hide a part of it: the median over the calibration
# half, JPEG, WebP and JPEG XL at 50, 80 and 92.
SEEN_LOSS = 1.05
# Where in its part each tile lies: the two-dimensional sequence of Roberts (2018), by powers of the plastic number.
PLASTIC_STEPS = (0.7548776662466927, 0.5698402909980532)


@dataclass(frozen=True)
class SampleTiles:
    """Where the tiles are, row by row, in pixels from the left and the top; none stands for the whole picture."""

    places: tuple[tuple[int, int], ...]
    columns: int

    def cut(self, image: "Image") -> "Image":
        """The sample; of a picture that is taken whole, the picture itself."""
        from PIL import Image

        if not self.places:
            return image
        rows = len(self.places) // self.columns
        sample = Image.new(image.mode, (self.columns * TILE_EDGE, rows * TILE_EDGE))
        for number, (left, top) in enumerate(self.places):
            row, column = divmod(number, self.columns)
            tile = image.crop((left, top, left + TILE_EDGE, top + TILE_EDGE))
            sample.paste(tile, (column * TILE_EDGE, row * TILE_EDGE))
        return sample

    def estimate_whole(self, score: float, loss: float = SEEN_LOSS) -> float:
        """The whole's score, 100 being nothing lost, by that of the sample and how many times as much it loses."""
        return 100 - loss * (100 - score) if self.places else score


WHOLE_PICTURE = SampleTiles((), 0)


def spread(width: int, height: int, pixels: float) -> SampleTiles:
    """About so many pixels together; the whole where that is most of it, or a side is shorter than a tile."""
    count = ceil(pixels / TILE_PIXELS)
    if 2 * pixels >= width * height or min(width, height) < TILE_EDGE:
        return WHOLE_PICTURE
    columns = min(max(1, round(sqrt(count * width / height))), width // TILE_EDGE)
    rows = min(max(1, round(count / columns)), height // TILE_EDGE)
    return SampleTiles(tuple(_places(width, height, columns, rows)), columns)


def _places(width: int, height: int, columns: int, rows: int) -> Iterator[tuple[int, int]]:
    for number in range(columns * rows):
        row, column = divmod(number, columns)
        across, down = ((number + 1) * step % 1 for step in PLASTIC_STEPS)
        yield _place(width, columns, column, across), _place(height, rows, row, down)


def _place(length: int, count: int, number: int, part: float) -> int:
    """Of a tile in the part of that number along a side, at the beginning of a block."""
    begins, ends = number * length // count, (number + 1) * length // count
    place = begins + int((ends - begins - TILE_EDGE) * part)
    return min(place // BLOCK * BLOCK, length - TILE_EDGE)
