"""Deleting a job now, because its owner wants it."""

from contextlib import suppress

from imgopt import clock
from imgopt.accounts.model import Principal
from imgopt.concurrency import run_all
from imgopt.errors import NotFound, Unavailable
from imgopt.files import repository as files
from imgopt.jobs import dispatch, waiting
from imgopt.jobs import repository as jobs
from imgopt.jobs.model import Job, JobStatus
from imgopt.retention.removal import announce_deletion, remove_files
from imgopt.storage import executions, transactions
from imgopt.storage.transactions import ConditionFailed

DELETED = "Deleted by its owner."


def delete_job(principal: Principal | None, job_id: str) -> None:
    """With its result and, where no other job was made of it, the upload; one that is under way is stopped before.

    The credits of one that has not begun are given back: what has begun computes on, though nobody gets it.
    Raises NotFound where there is no such job or it is someone else's, which nobody can tell apart. What is broken off
    can be repeated: the record goes last, and cleaning up looks for files in any case.
    """
    delete(find_owned_job(principal, job_id))


def delete(job: Job) -> None:
    ends = [lambda: announce_deletion(job), lambda: remove_files(job.id)]
    if job.status is not JobStatus.COMPLETED:  # where this was broken off before, it may have failed and still run
        ends += [lambda: stop(job), lambda: end_deleted(job)]
    for outcome in run_all(ends):
        outcome.take()
    forget(job)
    with suppress(Unavailable):  # nobody could ask for it again: the job is gone
        files.forget_unused(job.temp_file_id)


def stop(job: Job) -> None:
    """An express execution can't be stopped: it finds the job ended."""
    if not job.express:
        executions.stop(job.id, job.attempt)


def end_deleted(job: Job) -> None:
    """Others of the owner's jobs may have waited for it."""
    jobs.mark_canceled(job.id, clock.now(), DELETED)
    waiting.remove(job.owner, [waiting.entry_of(job)])
    dispatch.free_slot(job.owner, job.id)


def find_owned_job(principal: Principal | None, job_id: str) -> Job:
    found = jobs.find_all([job_id]) if principal else []
    if not found or principal is None or found[0].owner != principal.id:
        raise NotFound("Job not found.")
    return found[0]


def forget(job: Job) -> None:
    """Deletes its record and counts it out of its upload, once; that may be gone."""
    for others in ([files.take_use(job.temp_file_id)], []):
        with suppress(ConditionFailed):
            transactions.write_all([jobs.forget(job.id), *others])
            return
