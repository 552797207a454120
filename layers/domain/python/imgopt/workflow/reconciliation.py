"""Reconciliation: finds jobs that have not ended and never will by themselves, so that every accepted job ends.

The process that accepted a job, or ended the job before it, may have died in between. Then the job is started here, and
slots of ended jobs are freed. An execution may have died, or have ended without updating the table. Then a new
execution continues the job behind its last finished stage; a job has three attempts at most. Jobs that take too long,
or expire before they are started, fail and are refunded.

Step Functions lists standard executions. It doesn't list express executions: a job of one is judged by its age.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from imgopt import clock
from imgopt.jobs import dispatch, repository, slots, waiting
from imgopt.jobs.express import is_abandoned
from imgopt.jobs.model import MOST_ATTEMPTS, TIMED_OUT, UNFINISHED, Job, JobStatus
from imgopt.metrics import Metric
from imgopt.settings import settings
from imgopt.storage import due_index, executions
from imgopt.storage.due_index import Part
from imgopt.storage.executions import Execution
from imgopt.telemetry import logger, measure
from imgopt.workflow import failing
from imgopt.workflow.failing import JobAttempt
from imgopt.workflow.reasons import CRASH_ERRORS, public_reason

# A job younger than this is left to the process that accepted it.
GRACE = timedelta(seconds=20)
INTERRUPTED = "The service was stopped three times while it processed the image. Try again later."
EXPIRED_IN_QUEUE = "The job expired before it was started."
# The emulator's error for executions that were running when it was stopped.
RESTARTED = "States.ServiceRestart"


@dataclass
class ReconciliationReport:
    """The ids of jobs that were started again, of jobs that were failed, and of jobs whose check raised an error."""

    restarted: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class OwnerJobs:
    """The state of an owner's jobs: which have slots, and when the running standard executions were started."""

    owner: str
    taken: frozenset[str]
    running: Mapping[str, datetime]
    report: ReconciliationReport


def reconcile(seconds: float) -> ReconciliationReport:
    """Checks all unfinished jobs. Begins no further owner after `seconds`; the next run checks the others."""
    report, until, running = ReconciliationReport(), time.monotonic() + seconds, executions.find_running()
    unfinished = by_owner(find_unfinished())
    measure(Metric.OLDEST_JOB_SECONDS, age_of_oldest(unfinished.values()))
    for owner, jobs in unfinished.items():
        if time.monotonic() >= until:
            break
        with logger.append_context_keys(owner=owner):
            reconcile_owner(owner, jobs, running, report)
    return report


def find_unfinished() -> Iterator[Job]:
    for page in due_index.find_due_pages(Part.UNFINISHED):
        jobs = repository.find_all([key["pk"].partition("#")[2] for key in page])
        yield from (job for job in jobs if job.status in UNFINISHED)


def age_of_oldest(unfinished: Iterable[Sequence[Job]]) -> float:
    """Returns the seconds since the oldest unfinished job was accepted; 0 without unfinished jobs."""
    now = clock.now()
    return max(((now - job.created_at).total_seconds() for jobs in unfinished for job in jobs), default=0)


def by_owner(jobs: Iterable[Job]) -> dict[str, list[Job]]:
    found = defaultdict(list)
    for job in jobs:
        found[job.owner].append(job)
    return found


def reconcile_owner(
    owner: str, jobs: Sequence[Job], running: Mapping[str, datetime], report: ReconciliationReport
) -> None:
    try:
        owner_jobs = OwnerJobs(owner, slots.read(owner), running, report)
        waits = [job for job in jobs if reconcile_job(job, owner_jobs)]
        free_slots(owner_jobs.owner, owner_jobs.taken - {job.id for job in jobs})
        add_to_waiting(waits)
        dispatch.dispatch(owner)
    except Exception:  # an error of one owner must not stop the check of the others
        logger.exception("jobs could not be reconciled")
        report.errors += [job.id for job in jobs if job.id not in report.errors]


def reconcile_job(job: Job, owner_jobs: OwnerJobs) -> bool:
    """Checks one job and returns whether it has to wait for a slot."""
    with logger.append_context_keys(job_id=job.id):
        try:
            return reconcile_known_job(job, owner_jobs)
        except Exception:
            logger.exception("job could not be reconciled")
            owner_jobs.report.errors.append(job.id)
            return False


def reconcile_known_job(job: Job, owner_jobs: OwnerJobs) -> bool:
    now, since = clock.now(), owner_jobs.running.get(executions.execution_name(job.id, job.attempt))
    if job.expires_at <= now:
        give_up(job, EXPIRED_IN_QUEUE, owner_jobs)
    elif since is not None:
        if since + timedelta(seconds=settings().processing_deadline) <= now:
            give_up(job, TIMED_OUT, owner_jobs)
    elif job.id in owner_jobs.taken or job.status is JobStatus.PROCESSING:
        if job.express:
            return continue_express(job, owner_jobs)
        return continue_job(job, executions.find(job.id, job.attempt), owner_jobs)
    else:
        return job.created_at + GRACE <= now
    return False


def continue_job(seen: Job, execution: Execution | None, owner_jobs: OwnerJobs) -> bool:
    """Continues a job that should be running. Executions are listed a moment after their start, so that it may be."""
    job = next(iter(repository.find_all([seen.id])), None)  # the job may have ended after it was listed
    if execution and execution.status == executions.RUNNING:
        return False
    if job is None or job.status not in UNFINISHED:
        dispatch.free_slot(seen.owner, seen.id)
        return False
    if execution is None and job.status is JobStatus.QUEUED:
        return start_job(job, owner_jobs)
    if execution is None or was_interrupted(execution):
        return restart_job(job, owner_jobs)
    fail_job(job, public_reason(execution.error or execution.status, execution.cause), owner_jobs)
    return False


def continue_express(job: Job, owner_jobs: OwnerJobs) -> bool:
    """Continues an express job, whose execution can't be looked up. Starts the same attempt again where no execution
    took it.
    """
    if not is_abandoned(job, clock.now()):
        return False
    if job.held_by:
        return restart_job(job, owner_jobs)
    again = repository.renew_dispatch(job, clock.now())
    return start_job(again, owner_jobs) if again else False


def was_interrupted(execution: Execution) -> bool:
    """Returns whether the execution ended without a failure of the job: its process died, or it took the job
    for ended.
    """
    return execution.status == "SUCCEEDED" or execution.error in {RESTARTED, *CRASH_ERRORS}


def restart_job(job: Job, owner_jobs: OwnerJobs) -> bool:
    if job.attempt >= MOST_ATTEMPTS:
        fail_job(job, INTERRUPTED, owner_jobs)
        return False
    again = repository.begin_next_attempt(job, clock.now())
    if again is None:
        return False
    logger.warning("job is done again", attempt=again.attempt)
    return start_job(again, owner_jobs)


def start_job(job: Job, owner_jobs: OwnerJobs) -> bool:
    """Starts a job that has a slot. Returns True where it has none, and must wait for one."""
    if job.id not in owner_jobs.taken:
        return True
    repository.start_execution(job)
    logger.warning("execution had not been started")
    owner_jobs.report.restarted.append(job.id)
    return False


def give_up(job: Job, reason: str, owner_jobs: OwnerJobs) -> None:
    fail_job(job, reason, owner_jobs)
    if not job.express:
        executions.stop(job.id, job.attempt)


def fail_job(job: Job, reason: str, owner_jobs: OwnerJobs) -> None:
    if failing.fail_and_refund(job.id, reason, JobAttempt(job.attempt)):
        logger.warning("job had not ended", reason=reason)
        owner_jobs.report.failed.append(job.id)


def add_to_waiting(jobs: Sequence[Job]) -> None:
    """Adds an owner's jobs that aren't in its waiting list to it."""
    if jobs:
        known = waiting.read_waiting(jobs[0].owner)
        waiting.add([job for job in jobs if waiting.entry_of(job) not in known])


def free_slots(owner: str, job_ids: frozenset[str]) -> None:
    """Frees slots whose jobs have ended or don't exist. `known` is read again: jobs may have been accepted
    meanwhile.
    """
    known = {job.id for job in repository.find_all(list(job_ids)) if job.status in UNFINISHED}
    for job_id in job_ids - known:
        logger.warning("slot had not been freed", job_id=job_id)
        slots.free(owner, job_id)
