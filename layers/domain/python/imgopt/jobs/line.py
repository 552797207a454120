"""The line of waiting jobs: who is how far from the front, and how long that takes.

Each job draws a ticket. The latest ticket whose job has begun is the front, so that a job which never begins is passed
over by the next. How long jobs take is a sum for each hour. Nothing of this is exact, and nothing else relies on it.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.jobs.model import Job, JobStatus
from imgopt.settings import settings
from imgopt.storage import table

KIND = "LINE"
FRONT = table.key(KIND, "front")
# Where nothing has been finished for two hours: about what a photo takes, with a cold start.
USUAL_SECONDS = 3.0
REMEMBERED = timedelta(hours=3)


@dataclass(frozen=True)
class Place:
    """`position` is 1 for the job that comes next."""

    position: int
    wait_seconds: int


def draw_tickets(count: int) -> range:
    """The numbers of so many new jobs."""
    last = int(table.add(FRONT, {"drawn": count})["drawn"])
    return range(last - count + 1, last + 1)


def begin(job: Job) -> None:
    """The job is no longer in line. Not worth a failed job: the next that begins passes it over."""
    with suppress(Unavailable):
        table.raise_to(FRONT, "begun", job.ticket)


def note_duration(job: Job) -> None:
    """How long a completed job was worked on, for the estimates of those to come. Not worth a failed stage."""
    if job.processing_milliseconds is None:
        return
    now = clock.now()
    with suppress(Unavailable):
        table.add(_hour(now), {"finished": 1, "milliseconds": job.processing_milliseconds}, now + REMEMBERED)


def find_place(job: Job) -> Place | None:
    """Where a queued job stands; None for any other."""
    return find_places([job]).get(job.id)


def find_places(jobs: Sequence[Job]) -> dict[str, Place]:
    """By id, where those of the jobs stand that are queued."""
    queued = [job for job in jobs if job.status is JobStatus.QUEUED]
    if not queued:
        return {}
    now = clock.now()
    items = {item["pk"]: item for item in table.get_many([FRONT, _hour(now), _hour(now - timedelta(hours=1))])}
    begun = int(items.pop(FRONT["pk"], {}).get("begun", 0))
    seconds = _mean_seconds(list(items.values()))
    return {job.id: _place(max(1, job.ticket - begun), seconds) for job in queued}


def _place(position: int, seconds: float) -> Place:
    return Place(position, round(math.ceil(position / settings().parallel_jobs) * seconds))


def _mean_seconds(hours: list[table.Item]) -> float:
    finished = sum(int(hour["finished"]) for hour in hours)
    return sum(int(hour["milliseconds"]) for hour in hours) / finished / 1000 if finished else USUAL_SECONDS


def _hour(moment: datetime) -> table.Item:
    return table.key(KIND, f"{moment:%Y-%m-%dT%H}")
