"""How a run goes about its inputs."""

from dataclasses import dataclass
from pathlib import Path

from imgopt_client.jobs import MAX_STATUS_INTERVAL
from imgopt_client.uploads import PRESIGN_ABOVE

DEFAULT_JOBS = 4


@dataclass(frozen=True)
class Options:
    """Without `out` results go beside their inputs.

    `recursive` goes through folders. `resume` keeps a file beside the results by which the next run skips what is
    done; `overwrite` does it all the same, and writes over results of earlier runs. `longest_pause` is the most seconds
    between two questions for a job.
    """

    out: Path | None = None
    recursive: bool = False
    overwrite: bool = False
    resume: bool = True
    jobs: int = DEFAULT_JOBS
    presign_above: int = PRESIGN_ABOVE
    longest_pause: float = MAX_STATUS_INTERVAL
