"""Starting jobs when it is their turn: those of one owner in the order in which they came, so many at a time.

A job that was accepted is queued. It takes a slot of its owner, then its execution is started; where there is no slot,
it waits until one is free. Every step can be repeated, and done by several at once: slots are taken by conditional
writes, and of a job's executions one gets it. What is broken off in between, reconciliation goes on with.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from imgopt import clock
from imgopt.concurrency import run_all
from imgopt.jobs import queue_position, repository, slots, waiting
from imgopt.jobs.express import is_abandoned
from imgopt.jobs.model import UNFINISHED, Job, JobStatus
from imgopt.telemetry import logger

# So long a call spends on starting executions.
START_SECONDS = 10.0
# How often slots are looked at anew, where others take and free them meanwhile.
ROUNDS = 20


def dispatch_new(jobs: Sequence[Job]) -> None:
    """Starts new jobs of one owner: those with a ticket, if there is a slot for each; others have to wait."""
    first = [job for job in jobs if job.ticket]
    if not slots.take_slots(jobs[0].owner, [job.id for job in first]):
        first = []
    rest = [job for job in jobs if job not in first]
    queue_jobs(rest)
    start_all(first)
    if rest:
        dispatch(rest[0].owner)  # a slot that became free before they waited was not given to them


def queue_jobs(jobs: Sequence[Job]) -> None:
    """Puts an owner's jobs on the list of those that wait for a slot. They lose their tickets."""
    for job in jobs:
        if job.ticket:
            repository.note_ticket(job.id, 0, None)
    waiting.add(jobs)


def dispatch(owner: str, taken: frozenset[str] | None = None) -> None:
    """Starts an owner's waiting jobs, one for each free slot. `taken` are the slots in use, where these are known."""
    for _ in range(ROUNDS):
        taken = slots.read(owner) if taken is None else taken
        room = slots.count_free(taken)
        entries = waiting.read_first(owner, len(taken) + room) if room else []
        if not entries:
            return
        start_first(owner, entries, taken)
        taken = None


def start_first(owner: str, entries: Sequence[str], taken: frozenset[str]) -> None:
    """Starts the first jobs of those that wait, if there are still slots for them, and takes them off the list."""
    ids = {entry: waiting.job_id_of(entry) for entry in entries}
    ready = {job.id: job for job in repository.find_all(list(ids.values())) if is_ready(job, taken)}
    done = [entry for entry in entries if ids[entry] not in ready]
    chosen = [entry for entry in entries if ids[entry] in ready][: slots.count_free(taken)]
    if slots.take_slots(owner, [ids[entry] for entry in chosen]):
        start_all(give_tickets([ready[ids[entry]] for entry in chosen]))
        done += chosen
    waiting.remove(owner, done)


def is_ready(job: Job, taken: frozenset[str]) -> bool:
    return job.status in UNFINISHED and job.id not in taken


def give_tickets(jobs: Sequence[Job]) -> list[Job]:
    """Has jobs queue behind all that were started. Those that have ended by now are left out, and their slots freed."""
    tickets, now = queue_position.draw_tickets(len(jobs)), clock.now()
    noted = [repository.note_ticket(job.id, ticket, now) for job, ticket in zip(jobs, tickets, strict=True)]
    for job, still in zip(jobs, noted, strict=True):
        if still is None:
            slots.free(job.owner, job.id)
    return [still for still in noted if still]


def start_all(jobs: Sequence[Job]) -> None:
    """Starts the executions of jobs that have a slot. Where that can't be done now, reconciliation does it."""
    started = run_all([partial(repository.start_execution, job) for job in jobs], seconds=START_SECONDS)
    for job, outcome in zip(jobs, started, strict=True):
        known = {"job_id": job.id, "owner": job.owner}
        try:
            outcome.take()
        except Exception:  # whatever it is, the job is paid for, and others may follow
            logger.exception("execution could not be started", extra=known)
            _note_failed_start(job)


def _note_failed_start(job: Job) -> None:
    """Marks an express job as free to start. Where this write fails too, reconciliation finds the job by its age."""
    if job.express:
        with suppress(Exception):  # whatever it is, others follow
            repository.renew_dispatch(job, None)


def dispatch_again(jobs: Sequence[Job]) -> None:
    """Starts those that were accepted before and never started, or has them wait for their turn."""
    queued = [job for job in jobs if job.status is JobStatus.QUEUED]
    if not queued:
        return
    taken = slots.read(queued[0].owner)
    queue_jobs([job for job in queued if job.id not in taken])
    start_all([ready for job in queued if job.id in taken and (ready := _take_start(job))])
    dispatch(queued[0].owner)


def _take_start(job: Job) -> Job | None:
    """The job where it is to be started by this call, and not by another one, or is under way.

    Of a standard job Step Functions knows.
    """
    if not job.express:
        return job
    now = clock.now()
    return repository.renew_dispatch(job, now) if is_abandoned(job, now) else None


def free_slot(owner: str, job_id: str) -> None:
    """Gives the slot of a job that has ended to the next."""
    dispatch(owner, slots.free(owner, job_id))
