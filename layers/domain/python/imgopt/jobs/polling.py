"""When it is worth while to ask for jobs the first time: each request costs more than what it reads."""

from collections.abc import Sequence

from imgopt.jobs.model import Job
from imgopt.jobs.spending import expected_seconds
from imgopt.settings import settings


def poll_after(jobs: Sequence[Job]) -> float | None:
    """Seconds from now, by the pixels of the largest; None where clients may ask at once."""
    beside = settings().poll_after
    if not beside:
        return None
    return round(beside + max(expected_seconds(job.source, job.options) for job in jobs), 1)
