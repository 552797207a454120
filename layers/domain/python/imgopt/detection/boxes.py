"""Boxes around what was found, and which of many around the same thing stays."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A part of a picture, 0-1 from its left and top, and how sure it is that something is there, 0-1."""

    left: float
    top: float
    right: float
    bottom: float
    score: float

    @property
    def area(self) -> float:
        """Of the whole picture, 0-1."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)


def overlap(one: Box, other: Box) -> float:
    """What both have in common, of all that either has."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (one.area + other.area - width * height)


def keep_best(boxes: Iterable[Box], most: float) -> list[Box]:
    """The surest first, and of those that overlap by more than `most` the surest alone."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda each: -each.score):
        if all(overlap(box, other) <= most for other in kept):
            kept.append(box)
    return kept
