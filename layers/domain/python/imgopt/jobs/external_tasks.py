"""Processing of a job by a task of an external queue, such as Cloud Tasks, which may deliver the task repeatedly.

`TASK#<sha256 of the task's name>` has the task's job for a day. Under the same name another job is refused.
"""

import time
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

from imgopt import clock
from imgopt.errors import Expired, InvalidRequest, NotFound
from imgopt.files.service import is_id
from imgopt.jobs import dispatch, service
from imgopt.jobs.model import UNFINISHED, Job, JobStatus
from imgopt.jobs.watching import Watcher
from imgopt.storage import table, transactions
from imgopt.storage.transactions import ConditionFailed
from imgopt.telemetry import logger

KIND = "TASK"
TTL = timedelta(days=1)


def start_or_enqueue(task: str | None, job_id: str, source_key: str, settings: Mapping[str, object]) -> Job:
    """Starts the job of a task, or adds it to the waiting list, unless that was done before. Returns the job.

    Raises NotFound or Expired, and InvalidRequest where the job has another upload or other `settings`, or the task was
    sent before for another job.
    """
    job = _find(job_id)
    _check(job, source_key, settings)
    if task is not None:
        _claim(task, job.id)
    if job.status is JobStatus.QUEUED:
        dispatch.dispatch_again([job])
        logger.info("job taken up by a task", extra={"job_id": job.id, "owner": job.owner})
    return job


async def wait_for_end(watcher: Watcher, job: Job, seconds: float) -> Job:
    """Waits at most `seconds` for the job's end, and returns the job. Raises NotFound or Expired where it is gone."""
    until = time.monotonic() + seconds
    with watcher.watch([job.id]) as watch:
        found: Job | None = job
        while found and found.status in UNFINISHED and (left := until - time.monotonic()) > 0:
            found = (await watch.changes(left)).get(job.id, found)
    if found is None:
        raise NotFound("Job not found.")
    return found


def _find(job_id: str) -> Job:
    if not is_id(job_id):
        raise NotFound("Job not found.")
    job = service.find(job_id)
    if job.status is JobStatus.EXPIRED:
        raise Expired("The job has expired and its file has been removed.")
    return job


def _check(job: Job, source_key: str, settings: Mapping[str, object]) -> None:
    """Raises InvalidRequest where the task asks for something else than the job was charged for."""
    if job.source_key != source_key:
        raise InvalidRequest("The job's file is at another path.")
    known = job.options.model_dump(mode="json")
    if any(known.get(name) != value for name, value in settings.items()):
        raise InvalidRequest("The job was accepted with other settings.")


def _claim(task: str, job_id: str) -> None:
    now, item_key = clock.now(), table.key(KIND, sha256(task.encode()).hexdigest())
    try:
        record = {**item_key, "job_id": job_id, "ttl": int((now + TTL).timestamp())}
        transactions.write_all([transactions.put_anew(record, now)])
    except ConditionFailed:
        earlier = table.get(item_key)
        if earlier and earlier["job_id"] != job_id:
            raise InvalidRequest("The task was sent before with another job.") from None
