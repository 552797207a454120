"""Cuts large images into tiles for networks, and joins the results without visible seams."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Span:
    """Pixels from `start` up to `stop` along one side; the first `fade` ones are blended with the span before."""

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


class Corner(NamedTuple):
    top: int
    left: int


@dataclass(frozen=True)
class Tile:
    rows: Span
    columns: Span

    def scaled(self, scale: int) -> "Tile":
        return Tile(self.rows.scaled(scale), self.columns.scaled(scale))

    def moved_up(self, by: int) -> "Tile":
        return Tile(self.rows.moved(-by), self.columns)


def spans(length: int, count: int, feather: int) -> list[Span]:
    """Returns `count` spans of about the same length, overlapping where they are blended."""
    edges = [length * number // count for number in range(count + 1)]
    found = []
    for start, end in pairwise(edges):
        stop = min(end + feather, length)
        found.append(Span(start, stop, min(feather, stop - start) if start else 0))
    return found


def grid(height: int, width: int, side: int, context: int) -> tuple[int, int]:
    """Returns the rows and columns of tiles with the least overlap.

    A tile with its context has at most as many pixels as a square of `side` with its context.
    """
    area = (side + 2 * context) ** 2
    best, least_cost = (-(-height // side), -(-width // side)), math.inf
    for columns in range(1, best[1] + 1):
        seen_across = -(-width // columns) + 2 * context
        rows_left = area // seen_across - 2 * context
        if rows_left >= min(side // 2, height):
            rows = -(-height // rows_left)
            cost = rows * columns * seen_across * (-(-height // rows) + 2 * context)
            best, least_cost = min(((rows, columns), cost), (best, least_cost), key=lambda each: each[1])
    return best


def cut_tile(
    image: "NDArray[numpy.uint8]", tile: Tile, context: int, edge: int, least: int = 0
) -> "tuple[NDArray[numpy.uint8], Corner]":
    """Returns a tile of an image (height, width, channels) with its surroundings, and where in that the tile begins.

    Around it are `context` pixels, but at most `edge` beyond the image, where its edge pixels are repeated. With
    `least`, the result has a fixed shape: this side and the whole context.
    """
    import numpy

    spans_seen = []
    for span, length in zip((tile.rows, tile.columns), image.shape, strict=False):
        before = context if least else min(context, span.start + edge)
        stop = span.start + least + context if least else span.stop + min(context, length - span.stop + edge)
        spans_seen.append((before, numpy.clip(numpy.arange(span.start - before, stop), 0, length - 1)))
    (top, rows), (left, columns) = spans_seen
    return image[rows[:, None], columns], Corner(top, left)


def place_tile(canvas: "NDArray[numpy.uint8]", tile: Tile, pixels: "NDArray[numpy.uint8]") -> None:
    """Writes the pixels (height, width, channels) of a tile onto the canvas, blended where they overlap."""
    import numpy

    area = canvas[tile.rows.start : tile.rows.stop, tile.columns.start : tile.columns.stop]
    if tile.rows.fade or tile.columns.fade:
        opacity = _ramp(tile.rows)[:, None, None] * _ramp(tile.columns)[:, None]
        before = area.astype(numpy.float32)
        pixels = numpy.rint(before + (pixels - before) * opacity).astype(numpy.uint8)
    area[:] = pixels


def _ramp(span: Span) -> "NDArray[numpy.float32]":
    import numpy

    opacity = numpy.ones(span.length, numpy.float32)
    opacity[: span.fade] = (numpy.arange(span.fade) + 0.5) / max(1, span.fade)
    return opacity
