"""What becomes of a job that went wrong: it fails for a reason, and has cost nothing, or it is put off."""

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
    """At which a job went wrong, and by which execution; "" where that is not known, or none did.

    `owner` is only needed where the job may have been deleted.
    """

    number: int
    holder: str = ""
    owner: str | None = None


def fail(job_id: str, error: str, cause: str, attempt: JobAttempt) -> Job | None:
    """As `end_badly`, for an error as the state machine hands it on. Where the file was to blame, that is counted.

    An express job is put off instead where the error may pass: that machine has no time to wait for it. So it is where
    a state took too long, since its time is not much longer than the CPU seconds that a job may take. An execution that
    another one has taken the job from changes nothing.
    """
    if (may_pass(error) or error == STATE_TIMEOUT) and _put_off(job_id, error, attempt):
        return None
    is_refused = error in FAULTS_OF_FILES
    job = end_badly(job_id, public_reason(error, cause), attempt, is_refused=is_refused)
    if job and is_refused:
        with suppress(Unavailable):  # the job has ended all the same
            quotas.count(FAILED_JOBS, job.owner, Tier.ENTERPRISE)
    return job


def _put_off(job_id: str, error: str, attempt: JobAttempt) -> bool:
    """Has a job done again; whether that is so. What is throttled waits for the next run of reconciliation.

    After another fault the job is begun again at once, and where that was of no use by the next run.
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
    """Whether that is still the job's attempt, and no other execution has it."""
    return job.attempt == attempt.number and (not attempt.holder or job.held_by in ("", attempt.holder))


def _renew(job: Job, error: str) -> Job | None:
    """None where it was begun often enough, or has changed meanwhile."""
    if error == THROTTLED:
        return jobs.renew_dispatch(job, None)
    if job.attempt == MOST_ATTEMPTS:
        return None
    return jobs.begin_again(job, clock.now() if job.attempt == 1 else None)


def end_badly(job_id: str, reason: str, attempt: JobAttempt, *, is_refused: bool = False) -> Job | None:
    """Marks a job as failed for a reason; None where it had ended before, or is at another attempt than that one.

    A job is refused where its file is to blame.
    """
    job = jobs.mark_failed(job_id, clock.now(), reason, attempt=attempt.number, holder=attempt.holder)
    if job:
        measure(Metric.JOBS_REFUSED if is_refused else Metric.JOBS_FAILED)
    known = job or next(iter(jobs.find_all([job_id])), None)  # where it was repeated, this may not have been done
    if known and known.status in UNFINISHED:
        return None
    if known and known.options.callback_url:
        callbacks.enqueue_callback(job_id)
    if known or attempt.owner:
        dispatch.free_slot(known.owner if known else str(attempt.owner), job_id)
    return job
