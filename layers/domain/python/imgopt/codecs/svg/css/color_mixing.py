"""Colours in a CSS colour space, and interpolation between two (CSS Color 4, 12)."""

from dataclasses import dataclass

from imgopt.codecs.svg.css.color_spaces import HUES, convert_color


@dataclass(frozen=True)
class Color:
    """Coordinates in a space (None for `none`), and alpha, 0 to 1."""

    space: str
    parts: tuple[float | None, float | None, float | None]
    alpha: float = 1.0

    def to(self, space: str) -> "Color":
        if space == self.space:
            return self
        first, second, third = (0.0 if part is None else part for part in self.parts)
        return Color(space, convert_color((first, second, third), self.space, space), self.alpha)


def interpolate(first: Color, second: Color, at: float, space: str, hues: str) -> Color:
    """Interpolates: `at` 0 is the first colour, 1 the second; coordinates other than hues are premultiplied (CSS Color
    4, 12).
    """
    one, two = first.to(space), second.to(space)
    alpha = one.alpha * (1 - at) + two.alpha * at
    parts: list[float | None] = []
    for number, pair in enumerate(zip(one.parts, two.parts, strict=True)):
        a, b = _filled(pair)
        if HUES.get(space) == number:
            parts.append((a + (b - a + _turn(b - a, hues)) * at) % 360)
        else:
            mixed = a * one.alpha * (1 - at) + b * two.alpha * at
            parts.append(mixed / alpha if alpha else mixed)
    return Color(space, (parts[0], parts[1], parts[2]), alpha)


def _filled(pair: tuple[float | None, float | None]) -> tuple[float, float]:
    a, b = pair
    return (b if a is None else a) or 0.0, (a if b is None else b) or 0.0


def _turn(difference: float, hues: str) -> float:
    """Returns what has to be added to a difference of hues."""
    if hues == "longer":
        return -360.0 if 0 < difference < 180 else 360.0 if -180 < difference <= 0 else 0.0
    if hues == "increasing":
        return 360.0 if difference < 0 else 0.0
    if hues == "decreasing":
        return -360.0 if difference > 0 else 0.0
    return -360.0 if difference > 180 else 360.0 if difference < -180 else 0.0
