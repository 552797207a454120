"""Removes jobs and uploads: files first, records last, so that an interrupted removal can be repeated.

Only expired items of the due index are removed. The last write has both as conditions.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from imgopt import clock
from imgopt.concurrency import run_all
from imgopt.files import repository as files
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, needs_network, steps_for
from imgopt.jobs import repository as jobs
from imgopt.jobs import results
from imgopt.jobs.model import Job, JobStatus
from imgopt.settings import settings
from imgopt.storage import due_index, objects, table
from imgopt.storage.due_index import Part
from imgopt.storage.table import Item

INTERMEDIATES = "intermediate/"
# What may be left of a deleted job: after an interrupted deletion, or by a stage that was still running.
DELETED_JOB = "REMAINS"


def remove(item_key: Item, horizon: datetime) -> int | None:
    """Removes the files and the record of an item that expired before `horizon`. Returns the number of files; None for
    others.
    """
    item = table.get(item_key)
    if item is None or datetime.fromisoformat(item["expires_at"]) >= horizon:
        return None
    removed = FILES_OF[item["sk"]](item)
    return removed if forget(item) else None


def remove_now(item_key: Item) -> None:
    """Removes an upload, whatever its expiry and the jobs that use it."""
    item = table.get(item_key)
    if item:
        FILES_OF[item["sk"]](item)
        table.delete(item_key)


def forget(item: Item) -> bool:
    """Removes the record, and returns whether it was still the one that had been read."""
    if item["sk"] == jobs.KIND:
        return write_tombstone(item)
    return table.delete_unchanged({"pk": item["pk"], "sk": item["sk"]}, "expires_at", item["expires_at"])


def remove_result(item: Item) -> int:
    """Removes the results of a job, and its intermediate files where it may have any.

    Listing files costs ten times as much as deleting them, and is only done for jobs whose file names aren't known.
    """
    job = table.from_item(item, Job)
    keys = [each.artifact.key for each in job.results]
    if not keys or needs_network(job.source, job.options) or Step.TAG in steps_for(job.options):
        return remove_files(job.id)
    for outcome in run_all([partial(objects.delete, settings().results_bucket, key) for key in keys]):
        outcome.take()
    return len(keys)


def remove_files(job_id: str) -> int:
    """Removes the files of a job, found by listing."""
    bucket, prefixes = settings().results_bucket, (INTERMEDIATES + job_id, results.result_prefix(job_id))
    removed = run_all([partial(objects.delete_all, bucket, prefix) for prefix in prefixes])
    return sum(each.take() for each in removed)


def remove_upload(item: Item) -> int:
    objects.delete(settings().uploads_bucket, item["key"])
    return 1


def remove_deleted_job(item: Item) -> int:
    return remove_files(item["id"]) + files.forget_unused(item["temp_file_id"])


FILES_OF: dict[str, Callable[[Item], int]] = {
    jobs.KIND: remove_result,
    files.KIND: remove_upload,
    files.AWAITED: remove_upload,
    DELETED_JOB: remove_deleted_job,
}


def write_tombstone(item: Item) -> bool:
    """Replaces the record of an expired job by a tombstone, which has nothing of its image, and nothing that its client
    wrote.
    """
    job = table.from_item(item, Job)
    known = Job(
        id=job.id,
        owner=job.owner,
        temp_file_id=job.temp_file_id,
        status=JobStatus.EXPIRED,
        filename=f"image.{job.source.extension}",
        source_key=job.source_key,
        source_size=job.source_size,
        source=job.source,
        options=ProcessingSettings(),
        entry_point=job.entry_point,
        created_at=job.created_at,
        expires_at=job.expires_at,
        credits=job.credits,
        refunded=job.refunded,
        credit_period=job.credit_period,
    )
    return due_index.remove(jobs.job_item(known), job.id)


def announce_deletion(job: Job) -> None:
    """Has the files of a job removed once more, at a time when no stage can be running any more."""
    now = clock.now()
    item = {"id": job.id, "temp_file_id": job.temp_file_id, "expires_at": now.isoformat()}
    remove_at = int((now + jobs.TTL).timestamp())
    table.put({**table.key(DELETED_JOB, job.id), **item, **due_index.entry(Part.EXPIRING, job.id), "ttl": remove_at})
