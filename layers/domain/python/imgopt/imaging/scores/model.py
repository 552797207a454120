"""What is said of how much a result looks like the picture that went into its encoder."""

from collections.abc import Callable
from dataclasses import dataclass

from imgopt.imaging.scores.errors import NoScore
from imgopt.imaging.scores.ssimulacra2 import SAME_SCORE
from imgopt.sandbox import budget

NOT_COMPARABLE = "No score: the result could not be compared."
TOO_LITTLE_LEFT = "No score: it would take more memory or time than the job has left."
# Memory that is left to whatever else the job needs.
SPARE_BYTES = 100_000_000


@dataclass(frozen=True)
class Score:
    """SSIMULACRA2, 0-100 with one decimal; None where nothing was compared, and then `warning` says why in a sentence.

    Without either there was nothing to compare, as of a drawing that stays one.
    """

    value: float | None = None
    warning: str | None = None


NOT_COMPARED = Score()
NOTHING_LOST = Score(SAME_SCORE)


def score_by(measure: Callable[[], float], seconds: float, memory_bytes: float) -> Score:
    """What `measure` comes to, if there is room for it: a job never fails for want of its score."""
    meter = budget.current()
    if not meter.allows(seconds) or meter.memory_left < memory_bytes + SPARE_BYTES:
        return Score(warning=TOO_LITTLE_LEFT)
    try:
        return Score(round(min(max(measure(), 0.0), SAME_SCORE), 1))
    except NoScore as reason:
        return Score(warning=str(reason))
    except Exception:
        return Score(warning=NOT_COMPARABLE)
