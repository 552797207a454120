"""When clients should first ask for a job's status: each request costs more than the read that it causes."""

from collections.abc import Sequence

from imgopt.jobs.model import Job
from imgopt.jobs.spending import expected_seconds
from imgopt.settings import settings


def poll_after(jobs: Sequence[Job]) -> float | None:
    """Returns the seconds until the first request, estimated from the largest job; None where clients may ask
    at once.
    """
    beside = settings().poll_after
    if not beside:
        return None
    return round(beside + max(expected_seconds(job.source, job.options) for job in jobs), 1)
