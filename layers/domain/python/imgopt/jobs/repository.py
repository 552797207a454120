"""Jobs: `JOB#<job id>` in the table, `results/<job id>.<extension>` in the results bucket.

Between two machines that work on a job its picture is `intermediate/<job id>.png` there.

A job's status only moves forward, by conditional writes: repeating one changes nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import BinaryIO

from imgopt.callbacks.model import Callback
from imgopt.errors import NotFound
from imgopt.jobs.model import ENDED, UNFINISHED, Ending, Job, JobStatus
from imgopt.settings import settings
from imgopt.storage import executions, objects, table
from imgopt.storage.objects import StoredObject

KIND = "JOB"
# An expired job is still known as such, and not as one that never was.
REMEMBERED = timedelta(days=7)


def result_key(job_id: str, extension: str) -> str:
    return f"results/{job_id}.{extension}"


def intermediate_key(job_id: str) -> str:
    return f"intermediate/{job_id}.png"


def create_all(jobs: Sequence[Job]) -> None:
    table.put_all_new([table.to_item(job, KIND, job.id, job.expires_at + REMEMBERED) for job in jobs])


def find_all(job_ids: Sequence[str]) -> list[Job]:
    """The jobs that exist, in no particular order."""
    items = table.get_many([table.key(KIND, job_id) for job_id in set(job_ids)])
    return [table.from_item(item, Job) for item in items]


def start_execution(job: Job) -> None:
    executions.start(job.id, job.owner)


def mark_processing(job_id: str, now: datetime) -> Job | None:
    """The job, or None where there is none or it has ended."""
    return _change(job_id, status=JobStatus.PROCESSING, started_at=now)


def mark_completed(job_id: str, now: datetime, ending: Ending) -> Job | None:
    return _change(job_id, status=JobStatus.COMPLETED, completed_at=now, **table.plain(ending))


def mark_failed(job_id: str, now: datetime, message: str) -> Job | None:
    return _change(job_id, status=JobStatus.FAILED, completed_at=now, error_message=message)


def note_callback(job_id: str, callback: Callback) -> None:
    table.update(table.key(KIND, job_id), {"callback": table.plain(callback)}, while_status_in=ENDED)


def store_result(key: str, data: bytes, mime_type: str) -> None:
    objects.put(settings().results_bucket, key, data, mime_type)


def store_intermediate(key: str, file: BinaryIO, record: str) -> None:
    """`record` is ASCII, of at most 2 KB, and as lasting as the file."""
    objects.upload(settings().results_bucket, key, file, "image/png", record)


def find_intermediate(key: str) -> str | None:
    """The record of a picture that is stored."""
    try:
        return objects.describe(settings().results_bucket, key).record
    except NotFound:
        return None


def read_intermediate(key: str) -> bytes:
    return objects.read(settings().results_bucket, key)


def delete_intermediate(key: str) -> None:
    objects.delete(settings().results_bucket, key)


def describe_result(key: str) -> StoredObject:
    return objects.describe(settings().results_bucket, key)


def stream_result(key: str, part: range | None = None) -> Iterator[bytes]:
    return objects.stream(settings().results_bucket, key, part)


def presign_result(key: str, *, disposition: str, seconds: int) -> str:
    return objects.presign_download(settings().results_bucket, key, disposition=disposition, seconds=seconds)


def _change(job_id: str, **changes: object) -> Job | None:
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in changes.items()}
    item = table.update(table.key(KIND, job_id), plain, while_status_in=UNFINISHED)
    return table.from_item(item, Job) if item else None
