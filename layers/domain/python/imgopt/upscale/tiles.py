"""Large images through networks in pieces, put together again so that it doesn't show."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Span:
    """Pixels from `start` up to `stop` of one side, of which the first `fade` fade into the span before."""

    start: int
    stop: int
    fade: int = 0

    def scaled(self, scale: int) -> "Span":
        return Span(self.start * scale, self.stop * scale, self.fade * scale)

    def moved(self, by: int) -> "Span":
        return Span(self.start + by, self.stop + by, self.fade)

    @property
    def length(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Tile:
    rows: Span
    columns: Span

    def scaled(self, scale: int) -> "Tile":
        return Tile(self.rows.scaled(scale), self.columns.scaled(scale))

    def moved_up(self, by: int) -> "Tile":
        return Tile(self.rows.moved(-by), self.columns)


def spans(length: int, side: int, feather: int) -> list[Span]:
    count = -(-length // side)
    edges = [length * number // count for number in range(count + 1)]
    found = []
    for start, end in pairwise(edges):
        stop = min(end + feather, length)
        found.append(Span(start, stop, min(feather, stop - start) if start else 0))
    return found


def look(image: "NDArray[numpy.uint8]", tile: Tile, context: int, least: int = 0) -> "NDArray[numpy.uint8]":
    """A tile of an image (height, width, channels) and what is around it; its edges go on beyond the image.

    A tile with sides below `least` gets more of what is behind it.
    """
    import numpy

    rows, columns = (
        numpy.clip(numpy.arange(span.start - context, span.start + max(span.length, least) + context), 0, length - 1)
        for span, length in zip((tile.rows, tile.columns), image.shape, strict=False)
    )
    return image[rows[:, None], columns]


def place(canvas: "NDArray[numpy.uint8]", tile: Tile, pixels: "NDArray[numpy.float32]") -> None:
    """Puts the pixels (height, width, channels), 0-255, of a tile of the canvas over what is there."""
    import numpy

    area = canvas[tile.rows.start : tile.rows.stop, tile.columns.start : tile.columns.stop]
    if tile.rows.fade or tile.columns.fade:
        opacity = _ramp(tile.rows)[:, None, None] * _ramp(tile.columns)[:, None]
        before = area.astype(numpy.float32)
        pixels = before + (pixels - before) * opacity
    area[:] = numpy.rint(pixels)


def _ramp(span: Span) -> "NDArray[numpy.float32]":
    import numpy

    opacity = numpy.ones(span.length, numpy.float32)
    opacity[: span.fade] = (numpy.arange(span.fade) + 0.5) / max(1, span.fade)
    return opacity
