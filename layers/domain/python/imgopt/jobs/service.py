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
    """The job as it is now."""
    found = find_all([job_id])
    if not found:
        raise NotFound("Job not found.")
    return found[0]


def is_private(job: Job) -> bool:
    """Whether only its owner may see it; of any other, an unguessable id is all that is needed."""
    return job.options.private or settings().private_jobs


def find_all(job_ids: Sequence[str]) -> list[Job]:
    """Those of the jobs that are known, as they are now, in the order of their ids."""
    now = clock.now()
    found = {job.id: job.seen_at(now) for job in repository.find_all(job_ids)}
    return [found[job_id] for job_id in dict.fromkeys(job_ids) if job_id in found]


def stream_artifact(result: Artifact, wanted: range, size: Size) -> Iterator[bytes]:
    """Some of its bytes, in parts of that size. Raises NotFound before the first of them."""
    return results.stream_result(result.key, wanted, size)


def artifacts_origin() -> str:
    return results.results_origin()


def presign_artifact(result: Artifact, disposition: str, seconds: int) -> str:
    return results.presign_result(result.key, disposition=disposition, seconds=seconds)
