"""Results of several jobs as one ZIP, which is made while it is sent, so that only a part of it is in memory."""

from collections.abc import Iterator, Sequence
from io import RawIOBase
from itertools import chain
from typing import TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from imgopt.errors import NotReady
from imgopt.files.naming import number_names
from imgopt.jobs import service
from imgopt.jobs.model import UNFINISHED, Job, JobStatus
from imgopt.storage.parts import Size

if TYPE_CHECKING:
    from collections.abc import Buffer

FILENAME = "tinified.zip"


def choose_results(jobs: Sequence[Job]) -> list[Job]:
    """Returns the jobs of a batch that have a result. Raises NotReady while a job has not ended, or where none has a
    result.
    """
    waiting = sum(job.status in UNFINISHED for job in jobs)
    if waiting:
        raise NotReady(f"{waiting} of {len(jobs)} jobs have not ended yet. Try again when they have.")
    chosen = [job for job in jobs if job.status is JobStatus.COMPLETED]
    if not chosen:
        raise NotReady("None of the jobs has a result.")
    return chosen


def total_size(jobs: Sequence[Job]) -> int:
    return sum(each.artifact.size for job in jobs for each in job.finished_results())


def stream_zip(jobs: Sequence[Job], size: Size) -> Iterator[bytes]:
    """Yields the ZIP in parts of about `size` bytes. Raises NotFound before the first part where its file is missing.

    Images are stored without compression, because they don't get smaller.
    """
    parts = _pack(jobs, size)
    return chain((next(parts),), parts)


def _pack(jobs: Sequence[Job], size: Size) -> Iterator[bytes]:
    out = _Gathering()
    results = [(job.completed_at or job.created_at, each) for job in jobs for each in job.finished_results()]
    names = number_names([each.filename for _, each in results])
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for (made_at, result), name in zip(results, names, strict=True):
            entry = ZipInfo(name, made_at.timetuple()[:6])
            entry.file_size = result.artifact.size
            parts = service.stream_artifact(result.artifact, range(result.artifact.size), size)
            with archive.open(entry, "w") as target:
                while target.write(next(parts, b"")):  # keeps no part while it waits for the next
                    yield out.take()
    yield out.take()


class _Gathering(RawIOBase):
    """A stream that keeps what was written since it was last read. It can't seek, so that sizes follow each entry."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: "Buffer") -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken
