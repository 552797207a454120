"""The best format for an image: all that suit it are tried at the same score, and the smallest is taken."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY
from imgopt.imaging.artifact import Candidate, Made
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.scores.curve import usual_score
from imgopt.sandbox import budget

# Given the bytes of the smallest so far, as a search that can't come below them is given up.
Make = Callable[[ProcessingSettings, int | None], Made]
NOT_ALL_TRIED = "Not all formats were tried: that takes more computing time than the credits pay for."
# A score is told by tenths, and a search comes so near.
NEAR_TARGET = 0.5


@dataclass(frozen=True)
class Trial:
    """A result, and the milliseconds that it took."""

    made: Made
    milliseconds: int

    @property
    def score(self) -> float | None:
        return self.made.artifact.score


def make_best(make: Make, candidates: Iterable[ProcessingSettings], options: ProcessingSettings) -> Made:
    """The smallest of those that look as asked for; where none does, the one that looks best.

    With a limit on bytes it is the one that looks best of those that meet it. The first is made in any case, others as
    long as the job's budget allows.
    """
    target, has_limit = shared_target(options), options.output_file_size_limit is not None
    trials, meter, warning = list[Trial](), budget.current(), None
    for each in candidates:
        if trials and not meter.allows(max(trial.milliseconds for trial in trials) / 1000):
            warning = NOT_ALL_TRIED
            break
        aimed = each if each.output_quality == LOSSLESS_QUALITY else aim(each, target)
        trials.append(_try(make, aimed, None if has_limit else _smallest(trials, target)))
    best = choose_trial(trials, target, has_limit=has_limit).made
    told = " ".join(filter(None, (best.artifact.warning, warning))) or None
    return replace(best, artifact=replace(best.artifact, candidates=tuple(map(_describe, trials)), warning=told))


def shared_target(options: ProcessingSettings) -> float | None:
    """The score that all are to have: what is asked, or what that quality usually comes to; None without loss."""
    if options.output_quality_target is not None:
        return options.output_quality_target
    return None if options.output_quality == LOSSLESS_QUALITY else usual_score(options.output_quality)


def aim(options: ProcessingSettings, target: float | None) -> ProcessingSettings:
    return options.model_copy(update={"output_quality_target": target})


def _try(make: Make, options: ProcessingSettings, rival: int | None) -> Trial:
    began = time.process_time()
    made = make(options, rival)
    return Trial(made, round(1000 * (time.process_time() - began)))


def choose_trial(trials: list[Trial], target: float | None, *, has_limit: bool) -> Trial:
    fitting = [each for each in trials if each.made.artifact.size_limit_met is not False]
    if has_limit and fitting:
        return max(fitting, key=lambda each: (each.score or 0, -len(each.made.data)))
    if good := _good(trials, target):
        return min(good, key=lambda each: len(each.made.data))
    return max(trials, key=lambda each: each.score or 0)


def _good(trials: list[Trial], target: float | None) -> list[Trial]:
    """Those that look as asked for, as far as that is known."""
    return [each for each in trials if each.score is None or target is None or each.score >= target - NEAR_TARGET]


def _smallest(trials: list[Trial], target: float | None) -> int | None:
    return min((len(each.made.data) for each in _good(trials, target)), default=None)


def _describe(trial: Trial) -> Candidate:
    artifact = trial.made.artifact
    return Candidate(artifact.format, len(trial.made.data), artifact.score, trial.milliseconds)
