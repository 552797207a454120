"""Encodes a picture in a format, at a quality or within a limit on bytes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from imgopt.codecs.shared.encoding import Encoding
from imgopt.imaging.geometry import Size
from imgopt.sandbox import budget
from imgopt.sandbox.budget import Meter

# Below LOWEST_QUALITY a smaller picture looks better than a lower quality, where the size may change.
LOWEST_QUALITY, LEAST_QUALITY, HIGHEST_QUALITY = 20, 1, 100
MOST_TRIES = 8
WELL_FILLED = 0.97
# A result that uses less than the first share of the limit is improved, by encodings that should use the second share;
# at most this many times.
ENOUGH_FILLED, NEARLY_FILLED, MOST_FILLS = 0.87, 0.95, 4
# Bytes can jump between qualities and scales. A result that still uses too little is improved by at most this many
# further encodings.
MOST_TOP_UPS, NARROW = 5, 0.96
RAISED, MOST_RAISES = 15, 4
# A picture with sides below this share of those of one that fits is not used: more pixels look better.
LEAST_SIDES = 0.5
# The scale is reduced by 10 % at least, and to a quarter at most, in one attempt.
LEAST_STEP, LARGEST_STEP = 0.9, 0.25
# Below this scale, or fewer pixels of the longer side, nothing could be recognized; the limit is not met then.
LOWEST_SCALE, LEAST_LONGER_SIDE = 1 / 16, 16

Encode = Callable[[int, float], Encoding]


@dataclass(frozen=True)
class Compressed:
    """An encoding, its quality, and the scale of its sides, up to 1.

    `stopped` means that with more time a better one might have been found.
    """

    encoding: Encoding
    quality: int
    scale: float = 1.0
    stopped: bool = False

    @property
    def size(self) -> int:
        return len(self.encoding.data)


class Attempts:
    """Encodes as long as the job's budget allows, judged by the last attempt's time, and records all attempts."""

    def __init__(self, encode: Encode, meter: Meter | None = None, lowest_scale: float = LOWEST_SCALE) -> None:
        self._encode, self._meter, self.lowest_scale = encode, meter or budget.current(), lowest_scale
        self._seconds, self._scale, self.count = 0.0, 1.0, 0
        self._sizes: dict[tuple[int, float], int] = {}

    def allow(self, scale: float = 1.0) -> bool:
        """Returns whether there is time for one more attempt at this scale."""
        return self._meter.allows(self._seconds * (scale / self._scale) ** 2)

    def least_scale_for(self, fits: Compressed) -> float:
        """Returns the lowest scale at which an attempt may still replace `fits`."""
        return max(fits.scale * LEAST_SIDES, self.lowest_scale)

    def make(self, quality: int, scale: float = 1.0) -> Compressed:
        before = self._meter.spent
        made = Compressed(self._encode(quality, scale), quality, scale)
        self._seconds, self._scale, self.count = self._meter.spent - before, scale, self.count + 1
        self._sizes[quality, scale] = made.size
        return made

    def find_next_to_try(self, limit: int, least_scale: float) -> tuple[int, float] | None:
        """Returns the next quality, of those that were too large, and the scale at which it should fit; None where none
        is left.

        The one that exceeded the limit least comes first. A quality whose bytes jump over the limit between two scales
        is given up.
        """
        for _, quality in sorted({(size, -quality) for (quality, _), size in self._sizes.items() if size > limit}):
            tried = {scale: size for (each, scale), size in self._sizes.items() if each == -quality}
            above = min(scale for scale, size in tried.items() if size > limit)
            below = max((scale for scale, size in tried.items() if size <= limit and scale < above), default=0.0)
            guess = above * (limit * NEARLY_FILLED / tried[above]) ** 0.5
            scale = guess if guess > below else (below + above) / 2
            if scale >= least_scale and below < above * NARROW:
                return -quality, scale
        return None


def lowest_scale_of(size: Size) -> float:
    """Returns how far a picture of this size may be scaled down to meet a limit."""
    return min(1.0, max(LOWEST_SCALE, LEAST_LONGER_SIDE / max(size.width, size.height)))


def fit(  # noqa: PLR0913 - as fit_within
    encode: Encode,
    quality: int,
    limit: int | None,
    *,
    scalable: bool,
    lowest: int | None = None,
    meter: Meter | None = None,
) -> Compressed:
    """Like `fit_within`, for a function that encodes at a quality, 1 to 100, and a scale, up to 1."""
    return fit_within(Attempts(encode, meter), quality, limit, scalable=scalable, lowest=lowest)


def fit_within(
    attempts: Attempts, quality: int, limit: int | None, *, scalable: bool, lowest: int | None = None
) -> Compressed:
    """Returns the best encoding within `limit` bytes: at a lower quality first, down to `lowest`, then, with
    `scalable`, with fewer pixels.

    Where none fits, returns the smallest one. Ends when the job's budget allows no further attempt.
    """
    best = attempts.make(quality)
    if limit is None or best.size <= limit:
        return best
    if not attempts.allow():
        return replace(best, stopped=True)
    worst = attempts.make(min(quality, lowest) if lowest else lowest_quality(quality, scalable=scalable))
    if worst.size > limit:
        return search_scale(attempts, worst, limit) if scalable else min(best, worst, key=lambda each: each.size)
    fits, exceeds = _search_quality(attempts, worst, best, limit)
    return use_up(attempts, fits, exceeds, limit) if scalable else fits


def use_up(attempts: Attempts, fits: Compressed, exceeds: Compressed, limit: int) -> Compressed:
    """Returns `fits`, or a better encoding that uses more of the limit. `exceeds` is too large."""
    least_scale = attempts.least_scale_for(fits)
    return top_up(attempts, fill(attempts, fits, exceeds, limit, least_scale), limit, least_scale)


def top_up(attempts: Attempts, fits: Compressed, limit: int, least_scale: float) -> Compressed:
    """Returns `fits`, or an encoding of higher quality and smaller scale that uses more of the limit."""
    for _ in range(MOST_TOP_UPS):
        following = attempts.find_next_to_try(limit, least_scale)
        is_filled = fits.size >= ENOUGH_FILLED * limit
        if is_filled or fits.stopped or following is None or not attempts.allow(following[1]):
            break
        tried = attempts.make(*following)
        if tried.size <= limit:
            fits = max(fits, tried, key=lambda each: each.size)
    return fits


def lowest_quality(quality: int, *, scalable: bool) -> int:
    """Returns the lowest quality that is tried where `quality` is too large."""
    return min(quality, LOWEST_QUALITY if scalable else LEAST_QUALITY)


def fill(attempts: Attempts, fits: Compressed, exceeds: Compressed, limit: int, least_scale: float) -> Compressed:
    """Returns `fits`, or an encoding that uses more of the limit: with more pixels, or with a higher quality and fewer
    pixels.

    Some formats have few quality steps, and some sizes jump between scales. `exceeds` is too large.
    """
    quality = exceeds.quality
    for _ in range(MOST_FILLS):
        scale = _scale_between(fits, exceeds, limit)
        is_filled = fits.size >= ENOUGH_FILLED * limit
        if is_filled or scale < least_scale or fits.stopped or not attempts.allow(scale):
            break
        tried = attempts.make(quality, scale)
        if tried.size > limit:
            exceeds = tried
        elif tried.size > fits.size:
            fits = tried
        else:  # with fewer pixels the encoder chose another, shorter coding
            quality = min(quality + RAISED, HIGHEST_QUALITY)
    return fits if fits.stopped else _raise_quality(attempts, fits, limit)


def _raise_quality(attempts: Attempts, fits: Compressed, limit: int) -> Compressed:
    """Returns `fits`, or an encoding of higher quality at its scale, where bytes jump between scales."""
    least, most = fits.quality, HIGHEST_QUALITY
    for _ in range(MOST_RAISES):
        quality = (least + most + 1) // 2
        if fits.size >= ENOUGH_FILLED * limit or quality <= least or not attempts.allow(fits.scale):
            break
        tried = attempts.make(quality, fits.scale)
        if tried.size > limit:
            most = quality - 1
        else:
            least, fits = quality, max(fits, tried, key=lambda each: each.size)
    return fits


def _scale_between(fits: Compressed, exceeds: Compressed, limit: int) -> float:
    """Returns the scale at which a quality that was too large should fit, from two known scales or the number of
    pixels.
    """
    from math import log

    wanted = limit * NEARLY_FILLED
    if fits.quality != exceeds.quality or fits.scale >= exceeds.scale:
        return float(exceeds.scale * (wanted / exceeds.size) ** 0.5)
    share = log(wanted / fits.size) / log(exceeds.size / fits.size)
    return float(fits.scale * (exceeds.scale / fits.scale) ** share)


def _search_quality(
    attempts: Attempts, fits: Compressed, exceeds: Compressed, limit: int
) -> tuple[Compressed, Compressed]:
    """Searches between a quality that fits and one that doesn't; bytes grow about exponentially. Returns the nearest of
    both.
    """
    for _ in range(MOST_TRIES):
        if exceeds.quality - fits.quality <= 1 or fits.size >= WELL_FILLED * limit:
            break
        if not attempts.allow():
            return replace(fits, stopped=True), exceeds
        tried = attempts.make(_interpolate(fits, exceeds, limit))
        if tried.size <= limit:
            fits = tried
        else:
            exceeds = tried
    return fits, exceeds


def _interpolate(fits: Compressed, exceeds: Compressed, limit: int) -> int:
    from math import log

    span = log(exceeds.size / fits.size) or 1.0
    guess = fits.quality + (exceeds.quality - fits.quality) * log(limit / fits.size) / span
    return min(max(int(guess), fits.quality + 1), exceeds.quality - 1)


def search_scale(attempts: Attempts, smallest: Compressed, limit: int) -> Compressed:
    """Searches a scale that fits. Bytes are about proportional to pixels; a slightly smaller scale saves attempts."""
    tried = exceeds = smallest
    for _ in range(MOST_TRIES):
        factor = min(LEAST_STEP, (limit / tried.size) ** 0.5 * WELL_FILLED)
        scale = max(tried.scale * max(factor, LARGEST_STEP), attempts.lowest_scale)
        if not attempts.allow(scale):
            return replace(smallest, stopped=True)
        tried = attempts.make(smallest.quality, scale)
        smallest = min(smallest, tried, key=lambda each: each.size)
        if smallest.size <= limit:
            return use_up(attempts, smallest, exceeds, limit)
        exceeds = tried
        if scale == attempts.lowest_scale:
            break
    return smallest
