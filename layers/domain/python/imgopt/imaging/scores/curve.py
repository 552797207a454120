"""Which score a quality brings: what most photos have, corrected by what is known of one picture."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY

LOWEST_QUALITY_SEARCHED = 1
# Points a step by which one picture's curve may be steeper or flatter than the usual one.
MOST_TILT = 0.5
# Points a step that a score is taken to rise by, where it hardly did.
LEAST_RISE = 0.2
ExpectedScore: TypeAlias = Callable[[float], float]
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
    """Qualities of one picture and their scores, as far as they are known, and what was expected of all of them."""

    known: dict[int, float] = field(default_factory=dict)
    expected: ExpectedScore = usual_score

    def quality_for(self, score: float) -> int:
        """The lowest that is thought to have that score, between those that are known to be too low and enough.

        Curves that don't rise everywhere have the highest quality that is too low below, and the lowest that is enough
        above. Where there is none between them it is one that is known, or 0.
        """
        above = min((quality for quality, found in self.known.items() if found >= score), default=LOSSLESS_QUALITY + 1)
        short = [quality for quality, found in self.known.items() if found < score and quality < above]
        below = max(short, default=LOWEST_QUALITY_SEARCHED - 1)
        between = range(below + 1, above)
        guess = next((each for each in between if self._estimate(each) >= score), above - 1)
        if above > LOSSLESS_QUALITY and len(self.known) > 1:
            guess = max(guess, self._go_on(sorted(self.known)[-2:], score))
        elif below not in self.known and len(self.known) > 1:
            guess = min(guess, max(self._go_on(sorted(self.known)[:2], score), LOWEST_QUALITY_SEARCHED))
        return min(guess, above - 1)

    def _estimate(self, quality: int) -> float:
        """What is expected, corrected by how far that was off at the nearest that are known."""
        off = sorted((each, found - self.expected(each)) for each, found in self.known.items())
        return self.expected(quality) + (_between(off, quality) if off else 0.0)

    def _go_on(self, last: Sequence[int], score: float) -> int:
        """Where that score is beyond two qualities if the curve goes on from them as flat as it is between them."""
        first, second = last
        nearest = min(last, key=lambda each: abs(self.known[each] - score))
        rise = (self.known[second] - self.known[first]) / (second - first)
        return nearest + round((score - self.known[nearest]) / max(rise, LEAST_RISE))
