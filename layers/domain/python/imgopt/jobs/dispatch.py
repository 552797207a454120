"""Starts jobs in their turn: the jobs of one owner in order of acceptance, limited by its slots.

An accepted job is queued. It takes a slot of its owner, then its execution is started. Without a free slot it waits.
Every step can be repeated, and run several times at once: slots are taken by conditional writes, and only one execution
can take a job. Reconciliation continues what was interrupted.
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

# A call starts executions for this long; reconciliation starts the others.
START_SECONDS = 10.0
# How often slots are read again where other calls take or free some meanwhile.
ROUNDS = 20


def dispatch_new(jobs: Sequence[Job]) -> None:
    """Starts new jobs of one owner: those with a ticket, if there is a slot for each. The others wait."""
    first = [job for job in jobs if job.ticket]
    if not slots.take_slots(jobs[0].owner, [job.id for job in first]):
        first = []
    rest = [job for job in jobs if job not in first]
    queue_jobs(rest)
    start_all(first)
    if rest:
        dispatch(rest[0].owner)  # a slot that was freed before these jobs were in the list is still free


def queue_jobs(jobs: Sequence[Job]) -> None:
    """Adds an owner's jobs to its waiting list. They lose their tickets."""
    for job in jobs:
        if job.ticket:
            repository.note_ticket(job.id, 0, None)
    waiting.add(jobs)


def dispatch(owner: str, taken: frozenset[str] | None = None) -> None:
    """Starts an owner's waiting jobs, one for each free slot. `taken` are the ids of jobs with slots, where known."""
    for _ in range(ROUNDS):
        taken = slots.read(owner) if taken is None else taken
        room = slots.count_free(taken)
        entries = waiting.read_first(owner, len(taken) + room) if room else []
        if not entries:
            return
        start_first(owner, entries, taken)
        taken = None


def start_first(owner: str, entries: Sequence[str], taken: frozenset[str]) -> None:
    """Starts the first waiting jobs for which there are slots, and removes them from the list."""
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
    """Gives jobs the next tickets and returns them. Jobs that have ended meanwhile are left out, and their slots are
    freed.
    """
    tickets, now = queue_position.draw_tickets(len(jobs)), clock.now()
    noted = [repository.note_ticket(job.id, ticket, now) for job, ticket in zip(jobs, tickets, strict=True)]
    for job, still in zip(jobs, noted, strict=True):
        if still is None:
            slots.free(job.owner, job.id)
    return [still for still in noted if still]


def start_all(jobs: Sequence[Job]) -> None:
    """Starts the executions of jobs that have a slot. A failure is only logged: reconciliation starts the job later."""
    started = run_all([partial(repository.start_execution, job) for job in jobs], seconds=START_SECONDS)
    for job, outcome in zip(jobs, started, strict=True):
        known = {"job_id": job.id, "owner": job.owner}
        try:
            outcome.take()
        except Exception:  # a job that can't be started is paid for, and must not stop the next ones
            logger.exception("execution could not be started", extra=known)
            _note_failed_start(job)


def _note_failed_start(job: Job) -> None:
    """Marks an express job as free to start. Where this write fails too, reconciliation finds the job by its age."""
    if job.express:
        with suppress(Exception):  # an error of one job must not stop the next ones
            repository.renew_dispatch(job, None)


def dispatch_again(jobs: Sequence[Job]) -> None:
    """Starts accepted jobs that were never started, or adds them to the waiting list."""
    queued = [job for job in jobs if job.status is JobStatus.QUEUED]
    if not queued:
        return
    taken = slots.read(queued[0].owner)
    queue_jobs([job for job in queued if job.id not in taken])
    start_all([ready for job in queued if job.id in taken and (ready := _take_start(job))])
    dispatch(queued[0].owner)


def _take_start(job: Job) -> Job | None:
    """Returns the job where this call is to start it; None where another call starts it, or it is running.

    For a standard job, Step Functions refuses a second start.
    """
    if not job.express:
        return job
    now = clock.now()
    return repository.renew_dispatch(job, now) if is_abandoned(job, now) else None


def free_slot(owner: str, job_id: str) -> None:
    """Frees the slot of a job that has ended, and starts the owner's next job."""
    dispatch(owner, slots.free(owner, job_id))
