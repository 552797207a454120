"""The queue of jobs that have not begun: who is how far from the front, and how long that takes.

A job that is started draws a ticket. The latest ticket whose job has begun is the front, so that a job which never
begins is passed over by the next. Jobs that wait for a slot of their owner come after all that were started, and after
those of the same owner that came before them: they are never next. How long jobs take is a sum for each hour. Nothing
of this is exact, and nothing else relies on it.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from imgopt import clock
from imgopt.concurrency import Shared
from imgopt.errors import Unavailable
from imgopt.jobs import waiting
from imgopt.jobs.model import Job, JobStatus
from imgopt.settings import settings
from imgopt.storage import table

KIND = "LINE"
COUNTERS = table.key(KIND, "front")
# Where nothing has been finished for two hours: about what a photo takes, with a cold start.
USUAL_SECONDS = 3.0
REMEMBERED = timedelta(hours=3)


@dataclass(frozen=True)
class QueuePosition:
    """`position` is 1 for the job that comes next."""

    position: int
    wait_seconds: int


@dataclass(frozen=True)
class QueueProgress:
    """The latest tickets, and how long a job takes on average."""

    begun: int
    drawn: int
    seconds: float


# All who wait ask again and again, and for the same.
PROGRESS: Shared[QueueProgress] = Shared(seconds=0.5)


def draw_tickets(count: int) -> range:
    """The numbers of so many jobs that are started."""
    if not count:
        return range(0)
    last = int(table.add(COUNTERS, {"drawn": count})["drawn"])
    return range(last - count + 1, last + 1)


def leave_queue(job: Job) -> None:
    """The job is no longer in the queue. Not worth a failed job: the next that begins passes it over."""
    with suppress(Unavailable):
        table.raise_to(COUNTERS, "begun", job.ticket)


def note_duration(job: Job) -> None:
    """How long a completed job was worked on, for the estimates of those to come. Not worth a failed stage."""
    if job.processing_milliseconds is None:
        return
    now = clock.now()
    with suppress(Unavailable):
        table.add(_hour(now), {"finished": 1, "milliseconds": job.processing_milliseconds}, now + REMEMBERED)


def find_position(job: Job) -> QueuePosition | None:
    """Where a queued job stands; None for any other."""
    return find_positions([job]).get(job.id)


def find_positions(jobs: Sequence[Job]) -> dict[str, QueuePosition]:
    """By id, where those of the jobs stand that are queued."""
    queued = [job for job in jobs if job.status is JobStatus.QUEUED]
    if not queued:
        return {}
    known = PROGRESS.get(_read_progress)
    ranks = _ranks([job for job in queued if not job.ticket])
    return {
        job.id: _place_behind(known.drawn - known.begun, ranks[job.id], known.seconds)
        if job.id in ranks
        else _place(job.ticket - known.begun, known.seconds)
        for job in queued
    }


def _read_progress() -> QueueProgress:
    now = clock.now()
    items = {item["pk"]: item for item in table.get_many([COUNTERS, _hour(now), _hour(now - timedelta(hours=1))])}
    front = items.pop(COUNTERS["pk"], {})
    return QueueProgress(int(front.get("begun", 0)), int(front.get("drawn", 0)), _mean_seconds(list(items.values())))


def _ranks(jobs: Sequence[Job]) -> dict[str, int]:
    """By id, how many jobs of the same owner each waits for, itself included; those alone that wait for a slot."""
    ranks: dict[str, int] = {}
    for owner in {job.owner for job in jobs}:
        own = {waiting.entry_of(job): job.id for job in jobs if job.owner == owner}
        entries = waiting.read_until(owner, max(own))
        ranks |= {job_id: len(entries) + 1 for job_id in own.values()}
        ranks |= {own[entry]: rank for rank, entry in enumerate(entries, 1) if entry in own}
    return ranks


def _place(position: int, seconds: float) -> QueuePosition:
    position = max(1, position)
    return QueuePosition(position, round(_rounds(position, settings().parallel_jobs) * seconds))


def _place_behind(started: int, rank: int, seconds: float) -> QueuePosition:
    """Behind all that were started, and some that wait as this one does."""
    started = max(0, started)
    rounds = _rounds(started, settings().parallel_jobs) + _rounds(rank, settings().jobs_per_owner)
    return QueuePosition(started + 1 + rank, round(rounds * seconds))


def _rounds(jobs: int, at_once: int) -> int:
    return math.ceil(jobs / at_once)


def _mean_seconds(hours: list[table.Item]) -> float:
    finished = sum(int(hour["finished"]) for hour in hours)
    return sum(int(hour["milliseconds"]) for hour in hours) / finished / 1000 if finished else USUAL_SECONDS


def _hour(moment: datetime) -> table.Item:
    return table.key(KIND, f"{moment:%Y-%m-%dT%H}")
