"""Which score a quality brings: what most photos have, corrected by what is known of one picture."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY

LOWEST_QUALITY_SEARCHED = 1
# Points a step by which one picture's curve may be steeper or flatter than the usual one.
MOST_TILT = 0.5
# Points a step, and the part of what is expected, that a score is taken to rise by, where it hardly did.
LEAST_RISE, LEAST_RISE_PART = 0.2, 0.3
ExpectedScore: TypeAlias = Callable[[float], float]
EVERY_QUALITY = tuple(range(LOWEST_QUALITY_SEARCHED, LOSSLESS_QUALITY + 1))
# Quality on the API's scale and its median score over the calibration photos, alike in JPEG, WebP and AVIF.
USUAL: tuple[tuple[float, float], ...] = (
    *((1, -5.0), (5, 10.0), (10, 24.0), (20, 43.0), (30, 53.0), (40, 57.0), (50, 60.0), (60, 63.5)),
    *((70, 68.5), (80, 74.0), (90, 81.0), (95, 86.0), (99, 91.5), (LOSSLESS_QUALITY, 94.0)),
)


def usual_score(quality: float) -> float:
    return _between(USUAL, quality)


def usual_quality(score: float) -> float:
    """Within 1-100."""
    return _between(tuple((found, quality) for quality, found in USUAL), score)


def steps_of(native_of: Callable[[int], int]) -> tuple[int, ...]:
    """The lowest quality of each native number, rising, and the highest, which may lose nothing."""
    lowest = {native_of(quality): quality for quality in reversed(EVERY_QUALITY)}
    return tuple(sorted({*lowest.values(), LOSSLESS_QUALITY}))


def _between(points: Sequence[tuple[float, float]], at: float) -> float:
    """In a straight line from one point to the next; the first or last value beyond them."""
    if len(points) == 1:
        return points[0][1]
    at = min(max(at, points[0][0]), points[-1][0])
    (x0, y0), (x1, y1) = next(pair for pair in pairwise(points) if at <= pair[1][0])
    return y0 + (y1 - y0) * (at - x0) / (x1 - x0)


def usual_curve_through(known: Mapping[int, float]) -> ExpectedScore:
    """The usual curve, moved so that it passes through all that is known, and tilted beyond that as it is there."""
    shifts = sorted((quality, score - usual_score(quality)) for quality, score in known.items())
    if not shifts:
        return usual_score

    def expected(quality: float) -> float:
        ends = shifts[:2] if quality < shifts[0][0] else shifts[-2:]
        nearest = min(max(quality, shifts[0][0]), shifts[-1][0])
        return usual_score(quality) + _between(shifts, nearest) + _tilt(ends) * (quality - nearest)

    return expected


def _tilt(shifts: Sequence[tuple[float, float]]) -> float:
    """Points a step, between two qualities."""
    (first, low), (last, high) = shifts[0], shifts[-1]
    return min(max((high - low) / (last - first), -MOST_TILT), MOST_TILT) if last > first else 0.0


@dataclass
class ScoreCurve:
    """Qualities of one picture and their scores, as far as they are known, and what was expected of all of them.

    `steps` are those that differ, rising. At an `exact` one nothing was lost, as that took fewer bytes than the loss
    that was asked for: its score says nothing of those below.
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
        """The step that makes the same file, or the first."""
        return self.steps[max(bisect_right(self.steps, quality) - 1, 0)]

    def quality_for(self, score: float) -> int:
        """The lowest step that is thought to have that score, between those that are known to be too low and enough.

        Curves that don't rise everywhere have the highest quality that is too low below, and the lowest that is enough
        above. Where there is none between them it is one that is known, or 0. So it is where all below an exact one are
        thought to be too low: those above would take more bytes.
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
        """Beyond all that is known, the curve may go on as flat as it is there."""
        known = sorted(self._telling)
        if len(known) > 1 and between[-1] > max(self.known):
            guess = max(guess, self._go_on(known[-2:], score, between))
        elif len(known) > 1 and between[0] < min(self.known):
            guess = min(guess, self._go_on(known[:2], score, between))
        return between[max(bisect_right(between, guess) - 1, 0)]

    @property
    def is_level(self) -> bool:
        """Whether two qualities came to the same."""
        return any(map(self._is_level, self.known))

    def _is_level(self, quality: int) -> bool:
        return quality in self.known and list(self.known.values()).count(self.known[quality]) > 1

    @property
    def _telling(self) -> Mapping[int, float]:
        """Those that tell of others: all but the exact, unless nothing else is known of the picture."""
        lossy = {quality: score for quality, score in self.known.items() if quality not in self.exact}
        return lossy if lossy or self.expected is not usual_score else self.known

    def estimate(self, quality: int) -> float:
        """What is expected, corrected by how far that was off at the nearest that are known."""
        off = sorted((each, found - self.expected(each)) for each, found in self._telling.items())
        return self.expected(quality) + (_between(off, quality) if off else 0.0)

    def _go_on(self, last: Sequence[int], score: float, between: Sequence[int]) -> float:
        """Where that score is if the curve goes on from two qualities as flat as it is between them.

        Either in a straight line, or rising as it is expected to, by as much less as it did there: the nearer one.
        """
        first, second = last
        nearest = min(last, key=lambda each: abs(self.known[each] - score))
        lacking, rise = score - self.known[nearest], self.known[second] - self.known[first]
        straight = nearest + lacking * (second - first) / max(rise, LEAST_RISE * (second - first))
        part = max(rise / max(self.expected(second) - self.expected(first), 1), LEAST_RISE_PART)
        wanted = self.expected(nearest) + lacking / part
        curved = next((each for each in between if self.expected(each) >= wanted), between[-1])
        return min(straight, curved) if lacking > 0 else max(straight, curved)
