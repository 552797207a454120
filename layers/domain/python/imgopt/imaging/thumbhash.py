"""ThumbHash: a picture's proportions, mean colour and lowest frequencies in about 25 bytes (Evan Wallace, 2023).

No package is used: thumbhash 0.1.2 fails for every picture with transparency, and thumbhash-python 1.0.1 needs Pillow
before 11.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest
from operator import mul
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from PIL.Image import Image

Plane: TypeAlias = Sequence[float]
# Frequencies along the longer side; fewer where alpha takes some of the bytes.
WAVES_OPAQUE, WAVES_WITH_ALPHA = 7, 5
COLOR_WAVES, ALPHA_WAVES, LEAST_WAVES = 3, 5, 3


@dataclass(frozen=True)
class Waves:
    """A plane's mean, its largest coefficient, and all coefficients divided by it, mapped to 0 to 1 where 0.5
    is zero.
    """

    mean: float
    scale: float
    parts: tuple[float, ...]


def make_thumbhash(small: "Image") -> bytes:
    """Returns the hash of a picture in mode RGBA with at most 100 pixels a side."""
    size = width, height = small.size
    pixels = [[value / 255 for value in small.getchannel(band).tobytes()] for band in "RGBA"]
    alpha = pixels[3]
    has_alpha = min(alpha) < 1
    most = WAVES_WITH_ALPHA if has_alpha else WAVES_OPAQUE
    across, down = (max(1, _round(most * side / max(size))) for side in size)
    red, green, blue = (_over_mean(plane, alpha) if has_alpha else plane for plane in pixels[:3])
    rgb = [*zip(red, green, blue, strict=True)]
    light = _transform([(r + g + b) / 3 for r, g, b in rgb], size, max(LEAST_WAVES, across), max(LEAST_WAVES, down))
    yellow = _transform([(r + g) / 2 - b for r, g, b in rgb], size, COLOR_WAVES, COLOR_WAVES)
    reddish = _transform([r - g for r, g, _ in rgb], size, COLOR_WAVES, COLOR_WAVES)
    seen = [_transform(alpha, size, ALPHA_WAVES, ALPHA_WAVES)] if has_alpha else []
    is_landscape = width > height
    colors = _round(63 * light.mean) | _signed(yellow.mean) << 6 | _signed(reddish.mean) << 12
    head = colors | _round(31 * light.scale) << 18 | has_alpha << 23
    shape = (down if is_landscape else across) | is_landscape << 15
    scales = shape | _round(63 * yellow.scale) << 3 | _round(63 * reddish.scale) << 9
    means = bytes(_round(15 * each.mean) | _round(15 * each.scale) << 4 for each in seen)
    parts = chain.from_iterable(each.parts for each in (light, yellow, reddish, *seen))
    return head.to_bytes(3, "little") + scales.to_bytes(2, "little") + means + bytes(_pack(parts))


def _over_mean(plane: Plane, alpha: Plane) -> list[float]:
    """Returns a channel over its own mean, so that transparent pixels have no effect."""
    weight = sum(alpha)
    mean = _dot(plane, alpha) / weight if weight else 0.0
    return [mean * (1 - part) + value * part for value, part in zip(plane, alpha, strict=True)]


def _transform(plane: Plane, size: tuple[int, int], across: int, down: int) -> Waves:
    """Returns a DCT, rows first: the coefficients below the diagonal from `across` to `down`."""
    width, height = size
    rows = [plane[start : start + width] for start in range(0, width * height, width)]
    lines = [[_dot(row, wave) for row in rows] for wave in _cosines(width, across)]
    found = [
        _dot(lines[x], _cosines(height, down)[y]) / (width * height)
        for y in range(down)
        for x in range(across)
        if x * down < across * (down - y)
    ]
    mean, waves = found[0], found[1:]
    scale = max(map(abs, waves))
    return Waves(mean, scale, tuple(0.5 + 0.5 * wave / scale if scale else 0.0 for wave in waves))


def _dot(first: Plane, second: Plane) -> float:
    return sum(map(mul, first, second), 0.0)


@cache
def _cosines(length: int, count: int) -> list[list[float]]:
    return [[math.cos(math.pi / length * wave * (at + 0.5)) for at in range(length)] for wave in range(count)]


def _pack(parts: Iterator[float]) -> Iterator[int]:
    """Packs two values into a byte, the first in the lower half."""
    fours = (_round(15 * part) for part in parts)
    for low, high in zip_longest(fours, fours, fillvalue=0):
        yield low | high << 4


def _signed(mean: float) -> int:
    return _round(31.5 + 31.5 * mean)


def _round(value: float) -> int:
    """Rounds halves up, as the reference implementation does."""
    return math.floor(value + 0.5)
