"""The queue of jobs that have not begun: a job's position, and how long it has to wait.

A job that is started draws a ticket. The front of the queue is the latest ticket whose job has begun, so that jobs
which never begin don't hold it. Jobs that wait for a slot come behind all started jobs, and behind earlier jobs of the
same owner. The duration of jobs is a sum for each hour. Positions are estimates, and only shown to clients.
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
# Used where no job has been completed for two hours: about the time of a photo with a cold start.
USUAL_SECONDS = 3.0
TTL = timedelta(hours=3)


@dataclass(frozen=True)
class QueuePosition:
    """`position` is 1 for the next job. `wait_seconds` is an estimate."""

    position: int
    wait_seconds: int


@dataclass(frozen=True)
class QueueProgress:
    """`begun` and `drawn` are the latest tickets; `seconds` is the average duration of a job."""

    begun: int
    drawn: int
    seconds: float


# All waiting clients ask for this repeatedly, so that it is shared.
PROGRESS: Shared[QueueProgress] = Shared(seconds=0.5)


def draw_tickets(count: int) -> range:
    """Draws tickets for `count` jobs that are started."""
    if not count:
        return range(0)
    last = int(table.add(COUNTERS, {"drawn": count})["drawn"])
    return range(last - count + 1, last + 1)


def leave_queue(job: Job) -> None:
    """Records that the job has begun. Errors are ignored: the next job that begins corrects the front."""
    with suppress(Unavailable):
        table.raise_to(COUNTERS, "begun", job.ticket)


def note_duration(job: Job) -> None:
    """Adds the duration of a completed job to the average. Errors are ignored, because only estimates depend on it."""
    if job.processing_milliseconds is None:
        return
    now = clock.now()
    with suppress(Unavailable):
        table.add(_hour(now), {"finished": 1, "milliseconds": job.processing_milliseconds}, now + TTL)


def find_position(job: Job) -> QueuePosition | None:
    """Returns the position of a queued job; None for other jobs."""
    return find_positions([job]).get(job.id)


def find_positions(jobs: Sequence[Job]) -> dict[str, QueuePosition]:
    """Returns the positions of those jobs that are queued, by id."""
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
    """Returns for each job that waits for a slot its rank among its owner's jobs, from 1, by id."""
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
    """Returns the position of a job that waits for a slot: behind all started jobs, and behind those that wait before
    it.
    """
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
