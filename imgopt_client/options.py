"""How a run goes about its inputs."""

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
    """Without `out` results go beside their inputs; with `in_place` they replace them.

    `recursive` goes through folders, less what the patterns of `exclude` fit. `resume` remembers what is done, and the
    next run skips it; `overwrite` does it all the same, and writes over results of earlier runs.
    `template` names results in place of the server. A result that saves less than `min_saving`, a share of the input's
    bytes, is not kept. `preserve_dates` gives results the times of the last change of their inputs.
    `longest_pause` is the most seconds between two questions for a job.
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
        """What makes another result of the same input, beside what is asked of the server."""
        template = {"name_template": self.template.text} if self.template else {}
        return {**template, **({"in_place": True} if self.in_place else {})}
