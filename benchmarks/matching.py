"""Compares two encoders on one image at equal scores."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.trials import Trial

SCORES = (60, 70, 80, 90)
TIMED_AT = 75


@dataclass(frozen=True)
class Match:
    """A comparison. `by_score` has the ratio of the service's bytes to the peer's at each score that both reach."""

    image: str
    kind: str
    by_score: dict[int, float]
    time: float | None = None

    @property
    def ratio(self) -> float:
        return math.fsum(self.by_score.values()) / len(self.by_score)


def byte_ratios(ours: Sequence[Trial], peer: Sequence[Trial], wanted: Sequence[int] = SCORES) -> dict[int, float]:
    """The ratios of bytes, by wanted score that both reach."""
    fronts = [front(trials) for trials in (ours, peer)]
    lowest = max(each[0].score for each in fronts)
    highest = min(each[-1].score for each in fronts)
    return {
        score: size_at(fronts[0], score) / size_at(fronts[1], score) for score in wanted if lowest <= score <= highest
    }


def front(trials: Sequence[Trial]) -> list[Trial]:
    """The trials sorted by size, without those whose score is not higher than that of a smaller one."""
    kept: list[Trial] = []
    for trial in sorted(trials, key=lambda each: (each.size, -each.score)):
        if not kept or trial.score > kept[-1].score:
            kept.append(trial)
    return kept


def size_at(trials: Sequence[Trial], score: float) -> float:
    """The size at a score. Between two trials the logarithm of the size is interpolated linearly."""
    scores, sizes = [trial.score for trial in trials], [math.log(trial.size) for trial in trials]
    return math.exp(float(np.interp(score, scores, sizes)))


def nearest(trials: Sequence[Trial], score: float = TIMED_AT) -> int:
    """The quality whose result is nearest to a score."""
    return min(trials, key=lambda trial: abs(trial.score - score)).quality
