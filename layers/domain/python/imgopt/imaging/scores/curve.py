"""Which score a quality brings: what most photos have, corrected by what is known of one picture."""

from dataclasses import dataclass, field
from itertools import pairwise

from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY

LOWEST_QUALITY_SEARCHED = 1
# Points a step that a score is taken to rise by, where it hardly did.
LEAST_RISE = 0.2
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


def _between(points: tuple[tuple[float, float], ...], at: float) -> float:
    """In a straight line from one point to the next; the first or last value beyond them."""
    at = min(max(at, points[0][0]), points[-1][0])
    (x0, y0), (x1, y1) = next(pair for pair in pairwise(points) if at <= pair[1][0])
    return y0 + (y1 - y0) * (at - x0) / (x1 - x0)


@dataclass
class ScoreCurve:
    """Qualities of one picture and their scores, as far as they are known."""

    known: dict[int, float] = field(default_factory=dict)

    def quality_for(self, score: float) -> int:
        """Where that score is thought to be, by the nearest that are known below and above it.

        Beyond all that are known, the usual curve goes on from the nearest. Curves that don't rise everywhere have the
        highest quality that is too low below, and the lowest that is enough above.
        """
        enough = [quality for quality, found in self.known.items() if found >= score]
        above = min(enough, default=None)
        short = [each for each, found in self.known.items() if found < score and (above is None or each < above)]
        below = max(short, default=None)
        if above is None or below is None:
            return self._go_on_from(above if below is None else below, score)
        low, high = self.known[below], self.known[above]
        guess = below + (above - below) * (score - low) / (high - low)
        return min(max(round(guess), below + 1), max(above - 1, below + 1))

    def _go_on_from(self, quality: int | None, score: float) -> int:
        shift = 0.0 if quality is None else self.known[quality] - usual_score(quality)
        guess = round(usual_quality(score - shift))
        if quality is None:
            return guess
        if self.known[quality] >= score:
            return min(guess, quality - 1)
        return max(guess, quality + 1, quality + self._steps_up(quality, score))

    def _steps_up(self, quality: int, score: float) -> int:
        """How far on that score is where the curve rises as slowly as it did last."""
        before = max((each for each in self.known if each < quality), default=None)
        if before is None:
            return 1
        rise = (self.known[quality] - self.known[before]) / (quality - before)
        return round((score - self.known[quality]) / max(rise, LEAST_RISE))
