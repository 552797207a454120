"""The quality at which one picture has a wanted score, found in few encodings."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY
from imgopt.imaging.scores.curve import LOWEST_QUALITY_SEARCHED, ScoreCurve
from imgopt.imaging.scores.model import Score
from imgopt.imaging.steps.compress import Attempts, Compressed

# Encodings of a sample, before those of the whole.
MOST_SAMPLES = 2
# A score that is more than that above its target is worth another encoding.
ENOUGH_ABOVE = 1.5
# So much above the target is tried for, as guesses miss it by a point either way; the last ones are to be safe.
MARGINS = (0.7, 1.2, 3.0)
MOST_ENCODES = 1 + len(MARGINS)
# How many times as small a file with just the target may be as one above it: by the points, or where nothing was lost
# and fewer colours are enough after all. Searches for 80 and 90 on the benchmark's calibration half have shown no more.
LARGEST_FALL, FALL_PER_POINT, FALL_TO_FEW_COLORS = 1.35, 1.08, 5.0
TARGET_STOPPED = "The search for the target was stopped early: it takes more computing time than the credits pay for."

# Samples say up to half a point more than the whole has.
SAMPLE_MARGIN = 1.0

ScoreOf = Callable[[Compressed], Score]


@dataclass(frozen=True)
class SearchBounds:
    """The last quality that may be tried, and the bytes that another format takes of the same picture."""

    highest: int = LOSSLESS_QUALITY
    rival: int | None = None


@dataclass(frozen=True)
class Scored:
    """A finished encoding and its score."""

    made: Compressed
    score: Score

    def reaches(self, target: float) -> bool:
        return self.score.value is not None and self.score.value >= target


def search(
    attempts: Attempts, score_of: ScoreOf, target: float, start: int, bounds: SearchBounds = SearchBounds()
) -> Scored:
    """The smallest encoding found whose score is at least `target`; where there is none, the one that scores best.

    `start` is the quality where it is thought to be. At most `MOST_ENCODES` are made and scored, fewer where the job's
    budget doesn't allow another. Without scores, the first is all there is. No more are made where a file that lost
    nothing comes out again at another quality, or where all would be larger than the rival.
    """
    curve, quality, sizes = ScoreCurve(), min(start, bounds.highest), set[int]()
    best = tried = _try(attempts, score_of, quality)
    for margin in MARGINS:
        if tried.score.value is None:
            break
        curve.known[quality] = tried.score.value
        quality = min(curve.quality_for(target + margin), bounds.highest)
        if _is_found(best, target) or quality in curve.known or quality < LOWEST_QUALITY_SEARCHED:
            break
        is_repeated = tried.made.encoding.lossless and tried.made.size in sizes
        if is_repeated or _is_beaten(tried, target, bounds.rival):
            break
        sizes.add(tried.made.size)
        if not attempts.allow():
            return replace(best, score=replace(best.score, warning=TARGET_STOPPED))
        tried = _try(attempts, score_of, quality)
        best = _better(best, tried, target)
    return best


def _try(attempts: Attempts, score_of: ScoreOf, quality: int) -> Scored:
    made = attempts.make(quality)
    return Scored(made, score_of(made))


def _is_found(best: Scored, target: float) -> bool:
    return best.reaches(target) and (best.score.value or 0) <= target + ENOUGH_ABOVE


def _is_beaten(tried: Scored, target: float, rival: int | None) -> bool:
    """Whether even what has just the target would be larger."""
    if rival is None:
        return False
    if not tried.reaches(target):
        return tried.made.size > rival
    above = (tried.score.value or 0) - target
    fall = FALL_TO_FEW_COLORS if tried.made.encoding.lossless else LARGEST_FALL * FALL_PER_POINT**above
    return tried.made.size > rival * fall


def _better(best: Scored, tried: Scored, target: float) -> Scored:
    if best.reaches(target) and tried.reaches(target):
        return min(best, tried, key=lambda each: each.made.size)
    return max(best, tried, key=lambda each: each.score.value or 0)


def predict(score_at: Callable[[int], float | None], target: float) -> int:
    """The quality where the whole is thought to have that score, by scores of a sample at one or two qualities."""
    curve = ScoreCurve()
    quality = curve.quality_for(target + SAMPLE_MARGIN)
    for _ in range(MOST_SAMPLES):
        score = score_at(quality)
        if score is None:
            break
        curve.known[quality] = score
        guess = curve.quality_for(target + SAMPLE_MARGIN)
        if abs(guess - quality) <= 1:
            break
        quality = guess
    return min(max(quality, LOWEST_QUALITY_SEARCHED), LOSSLESS_QUALITY)
