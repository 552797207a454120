"""Chooses the best format: candidates are encoded with the same target score, and the smallest file wins."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY
from imgopt.imaging.artifact import ArtifactFile, Candidate
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.scores.curve import usual_score
from imgopt.imaging.scores.ssimulacra2 import SAME_SCORE
from imgopt.sandbox import budget

# Arguments: the settings, and the size of the smallest file so far. A search that can't become smaller is stopped.
Make = Callable[[ProcessingSettings, int | None], ArtifactFile]
NOT_ALL_TRIED = "Not all formats were tried: that needs more computing time than the credits pay for."
# Scores are rounded to tenths, and searches end about this near to their target.
NEAR_TARGET = 0.5
# Share of another result's pixels: a score doesn't tell how much a reduction of pixels has lost.
LEAST_PIXEL_SHARE = 0.75


@dataclass(frozen=True)
class Trial:
    """A result, and its CPU time in milliseconds."""

    made: ArtifactFile
    milliseconds: int

    @property
    def score(self) -> float | None:
        return self.made.artifact.score

    @property
    def pixels(self) -> int:
        return self.made.artifact.width * self.made.artifact.height


def make_best(make: Make, candidates: Iterable[ProcessingSettings], options: ProcessingSettings) -> ArtifactFile:
    """Returns the smallest result with the target score; where none has it, the one with the best score.

    Without a target score, results must be lossless. With a limit on bytes, the best score within the limit wins. The
    first candidate is always made, the others as long as the job's budget allows.
    """
    target, limit = shared_target(options), options.output_file_size_limit
    least = SAME_SCORE if target is None else target
    trials, meter, warning = list[Trial](), budget.current(), None
    for each in candidates:
        if trials and not meter.allows(_seconds_for(each, trials)):
            warning = NOT_ALL_TRIED
            break
        aimed = each if each.output_quality == LOSSLESS_QUALITY else aim(each, target)
        trials.append(_try(make, aimed, _smallest(trials, least) if limit is None else None))
    best = choose_trial(trials, least, limit).made
    warnings = " ".join(filter(None, (best.artifact.warning, warning))) or None
    return replace(best, artifact=replace(best.artifact, candidates=tuple(map(_describe, trials)), warning=warnings))


def _seconds_for(options: ProcessingSettings, trials: list[Trial]) -> float:
    """Returns the expected seconds of the next trial: the longest trial so far, at least one encoding."""
    artifact = trials[0].made.artifact
    pixels = artifact.width * artifact.height * artifact.frames
    one = FORMATS[options.output_format.value].encode_nanoseconds * pixels / 1e9
    return max(one, max(each.milliseconds for each in trials) / 1000)


def shared_target(options: ProcessingSettings) -> float | None:
    """Returns the score for all candidates: the requested one, or the usual score of the requested quality. None for
    lossless.
    """
    if options.output_quality_target is not None:
        return options.output_quality_target
    return None if options.output_quality == LOSSLESS_QUALITY else usual_score(options.output_quality)


def aim(options: ProcessingSettings, target: float | None) -> ProcessingSettings:
    return options.model_copy(update={"output_quality_target": target})


def _try(make: Make, options: ProcessingSettings, rival: int | None) -> Trial:
    began = time.process_time()
    made = make(options, rival)
    return Trial(made, round(1000 * (time.process_time() - began)))


def choose_trial(trials: list[Trial], target: float, limit: int | None) -> Trial:
    if limit is not None:
        return _choose_under(trials, limit)
    if good := _good(trials, target):
        return min(good, key=lambda each: len(each.made.data))
    return max(trials, key=lambda each: each.score or 0)


def _choose_under(trials: list[Trial], limit: int) -> Trial:
    """Returns the best-looking result within the limit, among those with enough pixels; otherwise the smallest."""
    fitting = [each for each in trials if len(each.made.data) <= limit]
    if not fitting:
        return min(trials, key=lambda each: len(each.made.data))
    most = max(each.pixels for each in fitting)
    large = [each for each in fitting if each.pixels >= LEAST_PIXEL_SHARE * most]
    return max(large, key=lambda each: (each.score or 0, -len(each.made.data)))


def _good(trials: list[Trial], target: float) -> list[Trial]:
    """Returns the results with the target score. Results without a score count."""
    return [each for each in trials if each.score is None or each.score >= target - NEAR_TARGET]


def _smallest(trials: list[Trial], target: float) -> int | None:
    return min((len(each.made.data) for each in _good(trials, target)), default=None)


def _describe(trial: Trial) -> Candidate:
    artifact = trial.made.artifact
    return Candidate(artifact.format, len(trial.made.data), artifact.score, trial.milliseconds)
