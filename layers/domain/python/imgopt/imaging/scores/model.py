"""The score: how much a result looks like the picture before encoding."""

from collections.abc import Callable
from dataclasses import dataclass

from imgopt.imaging.scores.errors import NoScore
from imgopt.imaging.scores.ssimulacra2 import SAME_SCORE
from imgopt.sandbox import budget

NOT_COMPARABLE = "No score: the result could not be compared."
TOO_LITTLE_LEFT = "No score: it would take more memory or time than the job has left."
# Memory for the other parts of the job.
SPARE_BYTES = 100_000_000


@dataclass(frozen=True)
class Score:
    """A SSIMULACRA2 score, 0 to 100 with one decimal. Where it is None, `warning` says why.

    Both are None where there is nothing to compare, as for vector images that stay vector images.
    """

    value: float | None = None
    warning: str | None = None


NOT_COMPARED = Score()
NOTHING_LOST = Score(SAME_SCORE)


def score_by(measure: Callable[[], float], seconds: float, memory_bytes: float) -> Score:
    """Returns what `measure` computes, if time and memory allow it. A job never fails because of its score."""
    meter = budget.current()
    if not meter.allows(seconds) or meter.memory_left < memory_bytes + SPARE_BYTES:
        return Score(warning=TOO_LITTLE_LEFT)
    try:
        return Score(round(min(max(measure(), 0.0), SAME_SCORE), 1))
    except NoScore as reason:
        return Score(warning=str(reason))
    except Exception:
        return Score(warning=NOT_COMPARABLE)
