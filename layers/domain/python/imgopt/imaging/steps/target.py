"""Searches the quality at which one picture has a target score, with few encodings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from imgopt.imaging.scores.curve import (
    EVERY_QUALITY,
    LOWEST_QUALITY_SEARCHED,
    ExpectedScore,
    ScoreCurve,
    usual_curve_through,
    usual_score,
)
from imgopt.imaging.scores.model import Score
from imgopt.imaging.scores.ssimulacra2 import SAME_SCORE
from imgopt.imaging.steps.compress import Attempts, Compressed

# The maximum number of encodings of a sample before those of the whole.
MOST_SAMPLES = 3
# One point of score costs more bytes the higher the score is: 2.6 % at 60, 3.3 % at 70, 4.3 % at 80, 9 % at 90, alike
# in each format. So the tolerance above the target, in points, is this share of what the target lacks to 100, but at
# least the second number.
ENOUGH_PART, LEAST_ENOUGH = 0.065, 1.5
# A result above the tolerance is worth another encoding. Where the next lower quality is only one step away, it must
# exceed the tolerance by these factors.
ENOUGH_FOR_A_STEP, MOST_OF_A_STEP = 4 / 3, 2.0
# Guesses err in both directions, so they aim above the target by these multiples of the tolerance: first by a sample,
# then by the known scores of the whole. The last ones are meant to be safe.
SAMPLE_MARGIN, MARGINS = 1 / 3, (1 / 3, 0.5, 4 / 3)
MOST_ENCODES = 1 + len(MARGINS)
# The largest factor by which a file at the target may be smaller than one above it: by points, or where a lossless file
# may be replaced by one with few colours. Searches for 80 and 90 on the benchmark's calibration half have shown no
# larger ones.
LARGEST_FALL, FALL_PER_POINT, FALL_TO_FEW_COLORS = 1.35, 1.08, 5.0
TARGET_STOPPED = "The search for the target was stopped early: it needs more computing time than the credits pay for."

ScoreOf = Callable[[Compressed], Score]


@dataclass(frozen=True)
class Prediction:
    """The quality that is expected to have the score, the expected scores of others, and the bytes of a sample
    at it.
    """

    quality: int
    expected: ExpectedScore = usual_score
    sample_bytes: float | None = None


@dataclass(frozen=True)
class SearchBounds:
    """The qualities that make different files, rising; the bytes of another format's result; and the maximum number of
    encodings.
    """

    steps: Sequence[int] = EVERY_QUALITY
    rival: int | None = None
    most: int = MOST_ENCODES


@dataclass(frozen=True)
class Scored:
    """A finished encoding and its score; None where it can't be measured."""

    made: Compressed
    score: Score

    def reaches(self, target: float) -> bool:
        return self.score.value is not None and self.score.value >= target


def search(
    attempts: Attempts, score_of: ScoreOf, target: float, start: Prediction, bounds: SearchBounds = SearchBounds()
) -> Scored:
    """Returns the smallest encoding found with at least the score `target`; where there is none, the one with the best
    score.

    `start` predicts the quality. At most `bounds.most` encodings are made, fewer where the job's budget is used up.
    Without scores, only the first is made. The search ends where another quality makes the same file, or where all
    further ones would be larger than the rival.
    """
    curve, sizes = ScoreCurve(expected=start.expected, steps=bounds.steps), set[int]()
    quality = curve.step_for(start.quality)
    best = tried = _try(attempts, score_of, quality)
    for margin in MARGINS[: bounds.most - 1]:
        if tried.score.value is None:
            break
        curve.add(quality, tried.score.value, is_exact=tried.made.encoding.lossless)
        quality = _next_quality(curve, best, target, margin)
        if _is_found(best, target, quality, curve) or quality in curve.known or quality < LOWEST_QUALITY_SEARCHED:
            break
        is_repeated = tried.reaches(target) and tried.made.size in sizes
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


def _next_quality(curve: ScoreCurve, best: Scored, target: float, margin: float) -> int:
    """Returns the next quality to try. The last attempt takes the highest one where scores don't rise."""
    aim = target + margin * enough_above(target)
    if best.reaches(target):
        return min(curve.quality_for(aim), curve.step_for(best.made.quality - 1))
    is_last = margin == MARGINS[-1]
    return curve.steps[-1] if is_last and curve.is_level else curve.quality_for(aim)


def enough_above(target: float) -> float:
    """Returns the tolerance above a target, in points."""
    return max(ENOUGH_PART * (SAME_SCORE - target), LEAST_ENOUGH)


def _is_found(best: Scored, target: float, following: int, curve: ScoreCurve) -> bool:
    """Returns whether the result is within the tolerance, or only one lower step is left that is expected to be too
    low.
    """
    if not best.reaches(target):
        return False
    is_next = following == curve.step_for(best.made.quality - 1)
    times = ENOUGH_FOR_A_STEP if is_next else 1.0
    if is_next and curve.estimate(following) < target:
        times = MOST_OF_A_STEP
    return (best.score.value or 0) <= target + times * enough_above(target)


def _is_beaten(tried: Scored, target: float, rival: int | None) -> bool:
    """Returns whether even a file at exactly the target would be larger than the rival."""
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


def predict(score_at: Callable[[int], float | None], target: float) -> Prediction:
    """Predicts the quality of the whole with the target score, from scores of a sample at a few qualities."""
    seen: dict[int, float] = {}
    wanted = target + SAMPLE_MARGIN * enough_above(target)
    quality = ScoreCurve().quality_for(wanted)
    for _ in range(MOST_SAMPLES):
        score = score_at(quality)
        if score is None:
            break
        seen[quality] = score
        guess = ScoreCurve(expected=usual_curve_through(_lossy(seen) or seen)).quality_for(wanted)
        if abs(guess - quality) <= 1:
            break
        quality = guess
    return Prediction(quality, usual_curve_through(_lossy(seen)))


def _lossy(seen: Mapping[int, float]) -> dict[int, float]:
    """Returns the lossy scores. A lossless encoding, chosen because it was smaller, says nothing about other
    qualities.
    """
    return {quality: score for quality, score in seen.items() if score < SAME_SCORE}
