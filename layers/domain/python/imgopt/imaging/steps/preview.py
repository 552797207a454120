"""Searches a limit on bytes on a sample of a large image, so that the whole is encoded only two or three times."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from imgopt.codecs.shared.sampling import take_tiles
from imgopt.imaging.steps.compress import (
    ENOUGH_FILLED,
    HIGHEST_QUALITY,
    RAISED,
    WELL_FILLED,
    Attempts,
    Compressed,
    fill,
    lowest_quality,
    search_scale,
    top_up,
)

if TYPE_CHECKING:
    from PIL.Image import Image

# Smaller images are searched as a whole.
LEAST_PIXELS = 4_000_000
# A sample has this many tiles in each direction, spread evenly, at the image's own resolution.
TILES, TILE_SIDE = 5, 192
# The maximum number of encodings of the whole.
MOST_WHOLE = 4
# An estimate of the whole's bytes from its sample may be too high by this factor.
UNSURE = 1.25
SCALE_STEPS = 4

Measure = Callable[[int, float], int]


@dataclass(frozen=True)
class Preview:
    """A function that returns the bytes of a sample at a quality and a scale, and the whole's pixels divided by the
    sample's.
    """

    measure: Measure
    share: float


def sample_of(image: "Image") -> "Image | None":
    """Returns tiles of a large image side by side; None for a small one."""
    sample = take_tiles(image, TILES, TILE_SIDE) if image.width * image.height >= LEAST_PIXELS else image
    return sample if sample.width * sample.height < LEAST_PIXELS / 2 else None


def fit_by_preview(attempts: Attempts, preview: Preview, quality: int, limit: int, *, scalable: bool) -> Compressed:
    """Like `fit`, with the same qualities and scales, but searches among encodings of the sample first."""
    found = _find_by_preview(attempts, preview, quality, limit, scalable=scalable)
    if not scalable or found.quality >= quality or found.size > limit:
        return found
    return top_up(attempts, found, limit, attempts.least_scale_for(found))


def _find_by_preview(attempts: Attempts, preview: Preview, quality: int, limit: int, *, scalable: bool) -> Compressed:
    guess = _Guess(preview)
    lowest = lowest_quality(quality, scalable=scalable)
    if guess(lowest) > limit * UNSURE:
        made = _try_scale(attempts, guess, lowest, limit) if scalable else attempts.make(lowest)
        guess.learn(made)
        if guess(lowest) > limit:
            return search_scale(attempts, made, limit) if scalable and _may_shrink(attempts, made, limit) else made
    found = _search_quality(attempts, guess, quality, lowest, limit)
    if scalable and found.size < ENOUGH_FILLED * limit and found.quality < quality:
        return _fill_by_scale(attempts, guess, found, quality, limit)
    return search_scale(attempts, found, limit) if scalable and _may_shrink(attempts, found, limit) else found


def _may_shrink(attempts: Attempts, made: Compressed, limit: int) -> bool:
    return made.size > limit and made.scale > attempts.lowest_scale and not made.stopped


class _Guess:
    """Estimates the whole's bytes from the sample's, corrected by the last encoding of the whole."""

    def __init__(self, preview: Preview) -> None:
        self._preview, self._correction = preview, 1.0
        self._measure = cache(preview.measure)

    def __call__(self, quality: int, scale: float = 1.0) -> float:
        return self._measure(quality, scale) * self._preview.share * self._correction

    def learn(self, made: Compressed) -> None:
        self._correction *= made.size / max(1.0, self(made.quality, made.scale))

    def highest_quality(self, least: int, most: int, limit: int) -> int:
        """Returns the highest quality that is expected to fit; `least` where none is."""
        while least < most:
            middle = (least + most + 1) // 2
            if self(middle) <= limit:
                least = middle
            else:
                most = middle - 1
        return least


def _search_quality(attempts: Attempts, guess: _Guess, quality: int, lowest: int, limit: int) -> Compressed:
    """Returns the best encoding that fits, or the smallest one."""
    # The requested quality is tried first, unless it is far too large.
    first_quality = quality if guess(quality) <= limit * UNSURE else guess.highest_quality(lowest, quality, limit)
    least, most, fits, made = lowest, quality, None, attempts.make(first_quality)
    for number in range(MOST_WHOLE):
        guess.learn(made)
        if made.size <= limit:
            fits, least = made, made.quality + 1
        else:
            most = made.quality - 1
        if least > most or (fits and fits.size >= WELL_FILLED * limit) or number == MOST_WHOLE - 1:
            break
        following = guess.highest_quality(least, most, limit)
        if fits and guess(following) > limit:
            break  # a further encoding would exceed the budget
        if not attempts.allow():
            return replace(fits or made, stopped=True)
        made = attempts.make(following)
    return fits or made


def _fill_by_scale(attempts: Attempts, guess: _Guess, fits: Compressed, quality: int, limit: int) -> Compressed:
    """Returns `fits`, or an encoding of higher quality and fewer pixels that uses more of the limit.

    Bytes of some formats jump between qualities; with fewer pixels the jump may come at a higher quality.
    """
    for raised in sorted({fits.quality + 1, quality, min(quality + RAISED, HIGHEST_QUALITY)}):
        scale = _guess_scale(guess, raised, limit, attempts.lowest_scale)
        is_worse = scale < attempts.least_scale_for(fits) or not fits.size < guess(raised, scale) <= limit
        if fits.stopped or is_worse:
            continue
        if not attempts.allow(scale):
            return replace(fits, stopped=True)
        made = attempts.make(raised, scale)
        guess.learn(made)
        if fits.size < made.size <= limit:
            return made
    return fits


def _guess_scale(guess: _Guess, quality: int, limit: int, lowest: float) -> float:
    """Returns the scale that is expected to fit and to use the limit, or the next one to try where bytes jump."""
    fits, exceeds, scale = 0.0, 1.0, 1.0
    for _ in range(SCALE_STEPS):
        size = guess(quality, scale)
        if size <= limit:
            fits = max(fits, scale)
            if scale == 1 or size >= WELL_FILLED**3 * limit:
                break
        else:
            exceeds = min(exceeds, scale)
        following = min(1.0, max(scale * (limit / size) ** 0.5 * WELL_FILLED, lowest))
        scale = following if following < exceeds or not fits else (fits + exceeds) / 2
    return fits or scale


def _try_scale(attempts: Attempts, guess: _Guess, quality: int, limit: int) -> Compressed:
    """Encodes at the scale that is expected to fit, and once more where much of the limit is unused."""
    scale = _guess_scale(guess, quality, limit, attempts.lowest_scale)
    made = attempts.make(quality, scale)
    larger = min(1.0, scale * (limit / made.size) ** 0.5 * WELL_FILLED)
    if made.size <= ENOUGH_FILLED * limit and larger > scale and attempts.allow(larger):
        again = attempts.make(quality, larger)
        return again if again.size <= limit else fill(attempts, made, again, limit, attempts.least_scale_for(made))
    return made
