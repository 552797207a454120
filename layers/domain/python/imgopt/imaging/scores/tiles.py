"""Sample tiles of a picture, put side by side, which are scored in place of the whole.

Tiles have the picture's own resolution, because a reduction would hide losses. There are many small ones, spread
evenly, at varying places in their cells, so that repeating patterns are neither always nor never hit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

# The tile's side, 32 to 256 pixels, whose samples come nearest to the whole's score (docs/decisions/0044). A JPEG's
# blocks of 16 pixels fit into it.
TILE_EDGE, BLOCK = 48, 16
TILE_PIXELS = TILE_EDGE * TILE_EDGE
# The loss of the whole divided by that of a sample, whose seams hide some of it: the median over the calibration half,
# JPEG, WebP and JPEG XL at 50, 80 and 92.
SEEN_LOSS = 1.05
# The place of each tile in its cell: the two-dimensional sequence of Roberts (2018), by powers of the plastic number.
PLASTIC_STEPS = (0.7548776662466927, 0.5698402909980532)


@dataclass(frozen=True)
class SampleTiles:
    """The places of tiles, row by row, in pixels from left and top; empty for the whole picture."""

    places: tuple[tuple[int, int], ...]
    columns: int

    def cut(self, image: "Image") -> "Image":
        """Returns the sample; the picture itself where there are no tiles."""
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
        """Estimates the whole's score from the sample's. `loss` is the factor between both losses, 100 minus
        the score.
        """
        return 100 - loss * (100 - score) if self.places else score


WHOLE_PICTURE = SampleTiles((), 0)


def spread(width: int, height: int, pixels: float) -> SampleTiles:
    """Returns tiles of about `pixels` in all; none where they would cover most of the picture, or a side is
    too short.
    """
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
    """Returns the begin of a tile in cell `number` along a side, aligned to blocks."""
    begins, ends = number * length // count, (number + 1) * length // count
    place = begins + int((ends - begins - TILE_EDGE) * part)
    return min(place // BLOCK * BLOCK, length - TILE_EDGE)
