"""What was uploaded for a job: for its owner alone, as it may say more than the result does, such as a place."""

from collections.abc import Iterator

from imgopt.files import repository as files
from imgopt.jobs.model import Job
from imgopt.storage.parts import Size


def stream_original(job: Job, size: Size) -> Iterator[bytes]:
    """Its bytes in parts of that size. Raises NotFound before the first of them where it is not kept any more."""
    return files.stream_upload(job.source_key, range(job.source_size), size)


def presign_original(job: Job, disposition: str, seconds: int) -> str:
    return files.sign_upload(job.source_key, disposition=disposition, seconds=seconds)
