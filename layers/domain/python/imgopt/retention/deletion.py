"""Deletes a job at its owner's request."""

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
    """Deletes a job, its results and its upload, unless other jobs use that. A running job is stopped first.

    A job that has not begun is refunded. A job that has begun continues unseen, and stays charged. Raises NotFound
    where the job doesn't exist or belongs to someone else. An interrupted deletion can be repeated: the record goes
    last, and the cleanup looks for files again.
    """
    delete(find_owned_job(principal, job_id))


def delete(job: Job) -> None:
    ends = [lambda: announce_deletion(job), lambda: remove_files(job.id)]
    # after an interrupted deletion, a job may be marked as failed and still run
    if job.status is not JobStatus.COMPLETED:
        ends += [lambda: stop(job), lambda: end_deleted(job)]
    for outcome in run_all(ends):
        outcome.take()
    forget(job)
    with suppress(Unavailable):  # the job is gone, so that the deletion could not be repeated
        files.forget_unused(job.temp_file_id)


def stop(job: Job) -> None:
    """Stops the execution of a standard job. An express execution can't be stopped; it finds its job ended."""
    if not job.express:
        executions.stop(job.id, job.attempt)


def end_deleted(job: Job) -> None:
    """Marks the job as canceled, and frees its slot for the owner's waiting jobs."""
    jobs.mark_canceled(job.id, clock.now(), DELETED)
    waiting.remove(job.owner, [waiting.entry_of(job)])
    dispatch.free_slot(job.owner, job.id)


def find_owned_job(principal: Principal | None, job_id: str) -> Job:
    found = jobs.find_all([job_id]) if principal else []
    if not found or principal is None or found[0].owner != principal.id:
        raise NotFound("Job not found.")
    return found[0]


def forget(job: Job) -> None:
    """Deletes the record, and uncounts its use of the upload, once. The upload may be gone."""
    for others in ([files.take_use(job.temp_file_id)], []):
        with suppress(ConditionFailed):
            transactions.write_all([jobs.forget(job.id), *others])
            return
