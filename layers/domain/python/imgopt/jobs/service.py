"""Jobs as clients see them, and their results."""

from collections.abc import Iterator, Sequence

from imgopt import clock
from imgopt.errors import NotFound
from imgopt.imaging.artifact import Artifact
from imgopt.jobs import repository, results
from imgopt.jobs.model import Job
from imgopt.settings import settings
from imgopt.storage.parts import Size


def find(job_id: str) -> Job:
    """Returns the job as it is now. Raises NotFound."""
    found = find_all([job_id])
    if not found:
        raise NotFound("Job not found.")
    return found[0]


def is_private(job: Job) -> bool:
    """Returns whether only its owner may see the job. Other jobs can be seen by all who know their id, which can't be
    guessed.
    """
    return job.options.private or settings().private_jobs


def find_all(job_ids: Sequence[str]) -> list[Job]:
    """Returns the jobs that exist, as they are now, in the order of the ids."""
    now = clock.now()
    found = {job.id: job.seen_at(now) for job in repository.find_all(job_ids)}
    return [found[job_id] for job_id in dict.fromkeys(job_ids) if job_id in found]


def stream_artifact(result: Artifact, wanted: range, size: Size) -> Iterator[bytes]:
    """Yields the bytes of a range in parts of `size` bytes. Raises NotFound before the first part."""
    return results.stream_result(result.key, wanted, size)


def artifacts_origin() -> str:
    return results.results_origin()


def presign_artifact(result: Artifact, disposition: str, seconds: int) -> str:
    return results.presign_result(result.key, disposition=disposition, seconds=seconds)
