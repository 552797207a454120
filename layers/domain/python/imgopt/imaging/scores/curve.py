"""Predicts the score of a quality: the usual curve of photos, corrected by the known scores of one picture."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY

LOWEST_QUALITY_SEARCHED = 1
# In points per step of quality: how much steeper or flatter one picture's curve may be than the usual one.
MOST_TILT = 0.5
# In points per step, and as a share of the expected rise: the least assumed rise where the score hardly rose.
LEAST_RISE, LEAST_RISE_PART = 0.2, 0.3
ExpectedScore: TypeAlias = Callable[[float], float]
EVERY_QUALITY = tuple(range(LOWEST_QUALITY_SEARCHED, LOSSLESS_QUALITY + 1))
# (quality on the API's scale, median score over the calibration photos), the same for JPEG, WebP and AVIF.
USUAL: tuple[tuple[float, float], ...] = (
    *((1, -5.0), (5, 10.0), (10, 24.0), (20, 43.0), (30, 53.0), (40, 57.0), (50, 60.0), (60, 63.5)),
    *((70, 68.5), (80, 74.0), (90, 81.0), (95, 86.0), (99, 91.5), (LOSSLESS_QUALITY, 94.0)),
)


def usual_score(quality: float) -> float:
    return _between(USUAL, quality)


def usual_quality(score: float) -> float:
    """Returns the quality, 1 to 100, with this score on the usual curve."""
    return _between(tuple((found, quality) for quality, found in USUAL), score)


def steps_of(native_of: Callable[[int], int]) -> tuple[int, ...]:
    """Returns the lowest quality of each distinct native setting, rising, and the highest quality, which may be
    lossless.
    """
    lowest = {native_of(quality): quality for quality in reversed(EVERY_QUALITY)}
    return tuple(sorted({*lowest.values(), LOSSLESS_QUALITY}))


def _between(points: Sequence[tuple[float, float]], at: float) -> float:
    """Interpolates linearly between points; beyond them, returns the first or last value."""
    if len(points) == 1:
        return points[0][1]
    at = min(max(at, points[0][0]), points[-1][0])
    (x0, y0), (x1, y1) = next(pair for pair in pairwise(points) if at <= pair[1][0])
    return y0 + (y1 - y0) * (at - x0) / (x1 - x0)


def usual_curve_through(known: Mapping[int, float]) -> ExpectedScore:
    """Returns the usual curve, moved through all known points, and tilted beyond them."""
    shifts = sorted((quality, score - usual_score(quality)) for quality, score in known.items())
    if not shifts:
        return usual_score

    def expected(quality: float) -> float:
        ends = shifts[:2] if quality < shifts[0][0] else shifts[-2:]
        nearest = min(max(quality, shifts[0][0]), shifts[-1][0])
        return usual_score(quality) + _between(shifts, nearest) + _tilt(ends) * (quality - nearest)

    return expected


def _tilt(shifts: Sequence[tuple[float, float]]) -> float:
    """Returns the slope of the correction between the outer points, in points per step of quality."""
    (first, low), (last, high) = shifts[0], shifts[-1]
    return min(max((high - low) / (last - first), -MOST_TILT), MOST_TILT) if last > first else 0.0


@dataclass
class ScoreCurve:
    """The known qualities and scores of one picture, and the expected score of every quality.

    `steps` are the qualities that make different files, rising. At an `exact` quality the encoder chose lossless coding
    because it was smaller: its score says nothing about lower qualities.
    """

    known: dict[int, float] = field(default_factory=dict)
    expected: ExpectedScore = usual_score
    steps: Sequence[int] = EVERY_QUALITY
    exact: set[int] = field(default_factory=set)

    def add(self, quality: int, score: float, *, is_exact: bool) -> None:
        self.known[quality] = score
        if is_exact:
            self.exact.add(quality)

    def step_for(self, quality: int) -> int:
        """Returns the step that makes the same file as this quality, or the first step."""
        return self.steps[max(bisect_right(self.steps, quality) - 1, 0)]

    def quality_for(self, score: float) -> int:
        """Returns the lowest step that is expected to have the score, above the known low ones and below the known good
        ones.

        For curves that fall somewhere, the bounds are the highest known quality that is too low, and the lowest above
        it that is good. Where no step is between them, a known one or 0 is returned. So it is where all steps below an
        exact one are expected to be too low: those above would take more bytes.
        """
        above = min((quality for quality, found in self.known.items() if found >= score), default=LOSSLESS_QUALITY + 1)
        short = [quality for quality, found in self.known.items() if found < score and quality < above]
        below = max(short, default=LOWEST_QUALITY_SEARCHED - 1)
        between = [each for each in self.steps if below < each < above]
        if not between:
            return below
        if self._is_level(below) or self._is_level(above):
            return between[len(between) // 2]
        guess = next((each for each in between if self.estimate(each) >= score), None)
        if guess is None and above in self.exact and above not in self._telling:
            return below
        return self._correct(between[-1] if guess is None else guess, score, between)

    def _correct(self, guess: float, score: float, between: Sequence[int]) -> int:
        """Corrects a guess beyond all known qualities, where the curve may stay as flat as it was."""
        known = sorted(self._telling)
        if len(known) > 1 and between[-1] > max(self.known):
            guess = max(guess, self._go_on(known[-2:], score, between))
        elif len(known) > 1 and between[0] < min(self.known):
            guess = min(guess, self._go_on(known[:2], score, between))
        return between[max(bisect_right(between, guess) - 1, 0)]

    @property
    def is_level(self) -> bool:
        """Whether two qualities have the same score."""
        return any(map(self._is_level, self.known))

    def _is_level(self, quality: int) -> bool:
        return quality in self.known and list(self.known.values()).count(self.known[quality]) > 1

    @property
    def _telling(self) -> Mapping[int, float]:
        """The known scores that predict others: all but the exact ones, unless only these are known."""
        lossy = {quality: score for quality, score in self.known.items() if quality not in self.exact}
        return lossy if lossy or self.expected is not usual_score else self.known

    def estimate(self, quality: int) -> float:
        """Returns the expected score, corrected by the errors at the nearest known qualities."""
        off = sorted((each, found - self.expected(each)) for each, found in self._telling.items())
        return self.expected(quality) + (_between(off, quality) if off else 0.0)

    def _go_on(self, last: Sequence[int], score: float, between: Sequence[int]) -> float:
        """Returns where the score is reached if the curve continues as flat as between the last two qualities.

        It continues either linearly, or as expected but scaled by the observed rise; the nearer result is returned.
        """
        first, second = last
        nearest = min(last, key=lambda each: abs(self.known[each] - score))
        lacking, rise = score - self.known[nearest], self.known[second] - self.known[first]
        straight = nearest + lacking * (second - first) / max(rise, LEAST_RISE * (second - first))
        part = max(rise / max(self.expected(second) - self.expected(first), 1), LEAST_RISE_PART)
        wanted = self.expected(nearest) + lacking / part
        curved = next((each for each in between if self.expected(each) >= wanted), between[-1])
        return min(straight, curved) if lacking > 0 else max(straight, curved)
