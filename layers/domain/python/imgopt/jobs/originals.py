"""The upload of a job, which only its owner may download: it can contain more than the result, such as a GPS
position.
"""

from collections.abc import Iterator

from imgopt.files import repository as files
from imgopt.jobs.model import Job
from imgopt.storage.parts import Size


def stream_original(job: Job, size: Size) -> Iterator[bytes]:
    """Yields the upload in parts of `size` bytes. Raises NotFound before the first part where the upload has been
    removed.
    """
    return files.stream_upload(job.source_key, range(job.source_size), size)


def presign_original(job: Job, disposition: str, seconds: int) -> str:
    return files.sign_upload(job.source_key, disposition=disposition, seconds=seconds)
