"""Bounding boxes, and the suppression of overlapping ones."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A part of a picture: fractions of width and height from the left and top edge, 0 to 1, and a confidence,
    0 to 1.
    """

    left: float
    top: float
    right: float
    bottom: float
    score: float

    @property
    def area(self) -> float:
        """The share of the whole picture, 0 to 1."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)


def overlap(one: Box, other: Box) -> float:
    """Returns the intersection divided by the union, 0 to 1."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (one.area + other.area - width * height)


def keep_best(boxes: Iterable[Box], most: float) -> list[Box]:
    """Returns boxes sorted by confidence; of boxes that overlap by more than `most`, only the best one."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda each: -each.score):
        if all(overlap(box, other) <= most for other in kept):
            kept.append(box)
    return kept
