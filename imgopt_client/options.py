"""Options of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imgopt_client.jobs import MAX_STATUS_INTERVAL
from imgopt_client.naming import NameTemplate
from imgopt_client.uploads import PRESIGN_ABOVE

DEFAULT_JOBS = 4


@dataclass(frozen=True)
class Options:
    """Options of a run. Without `out` results are put beside their inputs; with `in_place` they replace them.

    `recursive` searches folders, without files that match the patterns `exclude`. With `resume` the next run skips what
    is done; `overwrite` processes it again and replaces results of earlier runs. `template` names results in place of
    the server. A result that saves less than `min_saving`, 0 to 1 of the input's bytes, is not kept. `preserve_dates`
    gives results the modification times of their inputs. `longest_pause` is the longest time between two polls for a
    job, in seconds.
    """

    out: Path | None = None
    recursive: bool = False
    exclude: Sequence[str] = ()
    overwrite: bool = False
    resume: bool = True
    in_place: bool = False
    template: NameTemplate | None = None
    min_saving: float | None = None
    preserve_dates: bool = False
    jobs: int = DEFAULT_JOBS
    presign_above: int = PRESIGN_ABOVE
    longest_pause: float = MAX_STATUS_INTERVAL

    def placement(self) -> Mapping[str, Any]:
        """The options that identify a result of an input, besides the settings for the server."""
        template = {"name_template": self.template.text} if self.template else {}
        return {**template, **({"in_place": True} if self.in_place else {})}
