"""The files of a job: a signed URL of each, and the content of the first if it is small."""

from base64 import b64encode

from mcp_types import ContentBlock, ImageContent, ResourceLink

from functions.api import pools
from functions.api.routers.download import sign_download
from imgopt.imaging.artifact import Artifact
from imgopt.jobs import service as jobs
from imgopt.jobs.model import Job, JobResult, JobStatus
from imgopt.settings import settings

# Media types that language models accept as images.
SHOWN_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")


def link_results(job: Job) -> list[ResourceLink]:
    """A signed URL of each file of a completed job, valid for 15 minutes."""
    return [link_result(each) for each in job.results] if job.status is JobStatus.COMPLETED else []


def link_result(result: JobResult) -> ResourceLink:
    artifact = result.artifact
    return ResourceLink(
        name=result.filename, uri=sign_download(result), mime_type=artifact.mime_type, size=artifact.size
    )


async def show(job: Job) -> list[ContentBlock]:
    """The first file, if it is small and language models accept its type. Empty otherwise."""
    if job.status is not JobStatus.COMPLETED or job.result is None:
        return []
    artifact = job.result
    if artifact.size > settings().mcp_inline_bytes or artifact.mime_type not in SHOWN_TYPES:
        return []
    content = await pools.DOWNLOADS.run(read_whole, artifact)
    return [ImageContent(data=b64encode(content).decode(), mime_type=artifact.mime_type)]


def read_whole(artifact: Artifact) -> bytes:
    return b"".join(jobs.stream_artifact(artifact, range(artifact.size), lambda: artifact.size))
