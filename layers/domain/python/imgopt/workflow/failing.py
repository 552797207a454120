"""Ends a job that went wrong: it fails with a reason and a refund, or an express job is put off."""

from contextlib import suppress
from dataclasses import dataclass

from imgopt import clock
from imgopt.accounts.plans import Tier
from imgopt.callbacks import queue as callbacks
from imgopt.errors import InvalidImage, TooCostly, TooLarge, Unavailable
from imgopt.jobs import dispatch
from imgopt.jobs import repository as jobs
from imgopt.jobs.model import MOST_ATTEMPTS, UNFINISHED, Job
from imgopt.metrics import Metric
from imgopt.quotas import service as quotas
from imgopt.quotas.rules import FAILED_JOBS
from imgopt.telemetry import logger, measure
from imgopt.workflow.reasons import STATE_TIMEOUT, THROTTLED, may_pass, public_reason

FAULTS_OF_FILES = frozenset({InvalidImage.__name__, TooCostly.__name__, TooLarge.__name__})


@dataclass(frozen=True)
class JobAttempt:
    """The attempt of a job that went wrong, and the id of its execution; "" where that is unknown or none had started.

    `owner` is only needed where the job may have been deleted.
    """

    number: int
    holder: str = ""
    owner: str | None = None


def fail(job_id: str, error: str, cause: str, attempt: JobAttempt) -> Job | None:
    """Fails a job for an error of the state machine, as `fail_and_refund` does. Counts it if the file is the cause.

    An express job whose error may pass, or whose state timed out, is tried again later: the express machine has no time
    to wait, and its timeout is only slightly longer than the CPU time of a job. An execution does nothing where another
    one has taken over the job.
    """
    if (may_pass(error) or error == STATE_TIMEOUT) and _retry_later(job_id, error, attempt):
        return None
    is_refused = error in FAULTS_OF_FILES
    job = fail_and_refund(job_id, public_reason(error, cause), attempt, is_refused=is_refused)
    if job and is_refused:
        with suppress(Unavailable):  # the job has ended, whether this is counted or not
            quotas.count(FAILED_JOBS, job.owner, Tier.ENTERPRISE)
    return job


def _retry_later(job_id: str, error: str, attempt: JobAttempt) -> bool:
    """Starts a job again and returns whether it did so. A throttled job waits for the next run of reconciliation.

    After other errors the job is started at once; where that fails, by the next run.
    """
    job = next(iter(jobs.find_all([job_id])), None)
    if job is None or not job.express or job.status not in UNFINISHED or not _is_at(job, attempt):
        return False
    again = _renew(job, error)
    if again:
        logger.warning("job is put off", reason=error, attempt=again.attempt)
    if again and again.dispatched_at:
        dispatch.start_all([again])
    return again is not None


def _is_at(job: Job, attempt: JobAttempt) -> bool:
    """Returns whether the attempt is the job's present one, and no other execution has taken it over."""
    return job.attempt == attempt.number and (not attempt.holder or job.held_by in ("", attempt.holder))


def _renew(job: Job, error: str) -> Job | None:
    """Returns the job at its next attempt; None where it had its last attempt, or has changed meanwhile."""
    if error == THROTTLED:
        return jobs.renew_dispatch(job, None)
    if job.attempt == MOST_ATTEMPTS:
        return None
    return jobs.begin_next_attempt(job, clock.now() if job.attempt == 1 else None)


def fail_and_refund(job_id: str, reason: str, attempt: JobAttempt, *, is_refused: bool = False) -> Job | None:
    """Marks a job as failed and refunds it. Returns None where it had ended before, or is at another attempt.

    `is_refused` says that its file is the cause.
    """
    job = jobs.mark_failed(job_id, clock.now(), reason, attempt=attempt.number, holder=attempt.holder)
    if job:
        measure(Metric.JOBS_REFUSED if is_refused else Metric.JOBS_FAILED)
    # where this is a repetition, the first call may not have done what follows
    known = job or next(iter(jobs.find_all([job_id])), None)
    if known and known.status in UNFINISHED:
        return None
    if known and known.options.callback_url:
        callbacks.enqueue_callback(job_id)
    if known or attempt.owner:
        dispatch.free_slot(known.owner if known else str(attempt.owner), job_id)
    return job
