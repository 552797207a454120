"""Deleting a job now, because its owner wants it."""

from contextlib import suppress

from imgopt import clock
from imgopt.accounts.model import Principal
from imgopt.errors import NotFound, Unavailable
from imgopt.files import repository as files
from imgopt.jobs import repository as jobs
from imgopt.jobs.model import UNFINISHED, Job
from imgopt.retention.removal import expect_remains, remove_files
from imgopt.storage import executions, transactions
from imgopt.storage.transactions import Refused

DELETED = "Deleted by its owner."


def delete_job(principal: Principal | None, job_id: str) -> None:
    """With its result and, where no other job was made of it, the upload; one that is under way is stopped before.

    Raises NotFound where there is no such job or it is someone else's, which nobody can tell apart. What is broken off
    can be repeated: the record goes last, and cleaning up looks for files in any case.
    """
    job = find_owned(principal, job_id)
    if job.status in UNFINISHED:
        executions.stop(job.id)  # first, since nobody would stop it any more when the job has failed
        jobs.mark_failed(job.id, clock.now(), DELETED)
    expect_remains(job)
    remove_files(job.id)
    forget(job)
    with suppress(Unavailable):  # nobody could ask for it again: the job is gone
        files.forget_unused(job.temp_file_id)


def find_owned(principal: Principal | None, job_id: str) -> Job:
    found = jobs.find_all([job_id]) if principal else []
    if not found or principal is None or found[0].owner != principal.id:
        raise NotFound("Job not found.")
    return found[0]


def forget(job: Job) -> None:
    """Deletes its record and counts it out of its upload, once; that may be gone."""
    for others in ([files.count_uses(job.temp_file_id, -1)], []):
        with suppress(Refused):
            transactions.write_all([jobs.forget(job.id), *others])
            return
