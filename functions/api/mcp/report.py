"""What a tool tells of a job: the fields of its status, the file by a signed URL and, where it is small, itself."""

import json
from base64 import b64encode
from uuid import UUID

from fastapi.concurrency import run_in_threadpool
from mcp_types import CallToolResult, ContentBlock, ImageContent, ResourceLink, TextContent
from pydantic import BaseModel

from functions.api import pools
from functions.api.presenters import present_job
from functions.api.routers.download import SIGNED_SECONDS, sign_download
from imgopt.imaging.artifact import Artifact
from imgopt.jobs import queue_position
from imgopt.jobs import service as jobs
from imgopt.jobs.model import UNFINISHED, Job, JobResult, JobStatus
from imgopt.settings import settings

# What language models can look at.
SHOWN_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")


class JobReport(BaseModel):
    """`warnings` tells what was asked for and not done, `next_step` how to go on where the job has not ended."""

    id: UUID
    temp_file_id: str
    status: JobStatus
    original_filename: str
    original_size: int
    original_format: str | None = None
    original_width: int | None = None
    original_height: int | None = None
    processed_filename: str | None = None
    processed_size: int | None = None
    processed_format: str | None = None
    processed_width: int | None = None
    processed_height: int | None = None
    score: float | None = None
    score_metric: str | None = None
    seo_alt_text: str | None = None
    seo_keywords: list[str] | None = None
    seo_filename: str | None = None
    error_message: str | None = None
    queue_position: int | None = None
    estimated_wait_seconds: int | None = None
    credits_used: int
    credits_remaining: int | None = None
    download_url: str | None = None
    download_expires_in: int | None = None
    warnings: list[str] = []
    next_step: str | None = None


async def report_job(
    job: Job, warnings: list[str] | None = None, credits_remaining: int | None = None
) -> CallToolResult:
    """A job that failed is an error: nothing was charged for it, and the sentence says why."""
    links = await run_in_threadpool(link_results, job)
    told = (await run_in_threadpool(describe_job, job)) | {
        "warnings": [*(warnings or ()), *([job.warning] if job.warning else ())],
        "credits_remaining": credits_remaining,
        "download_url": links[0].uri if links else None,
        "download_expires_in": SIGNED_SECONDS if links else None,
        "next_step": describe_next_step(job),
    }
    report = JobReport.model_validate(told).model_dump(mode="json", exclude_none=True)
    return CallToolResult(
        content=[TextContent(text=json.dumps(report)), *links, *await show(job)],
        structured_content=report,
        is_error=job.status in (JobStatus.FAILED, JobStatus.EXPIRED),
    )


def describe_job(job: Job) -> dict[str, object]:
    position = queue_position.find_position(job) if job.status in UNFINISHED else None
    shown = present_job(job, position).model_dump(include=JobReport.model_fields.keys() - {"download_url"})
    return {**shown, "temp_file_id": job.temp_file_id}


def describe_next_step(job: Job) -> str | None:
    if job.status in UNFINISHED:
        return f"The job goes on. Call get_job with job_id {job.id} and wait_seconds 15 until it has ended."
    return None


def link_results(job: Job) -> list[ResourceLink]:
    """To each file of a completed job, for 15 minutes."""
    return [link_result(each) for each in job.results] if job.status is JobStatus.COMPLETED else []


def link_result(result: JobResult) -> ResourceLink:
    artifact = result.artifact
    return ResourceLink(
        name=result.filename, uri=sign_download(result), mime_type=artifact.mime_type, size=artifact.size
    )


async def show(job: Job) -> list[ContentBlock]:
    """The first file, where it is small and of a type that can be looked at."""
    if job.status is not JobStatus.COMPLETED or job.result is None:
        return []
    artifact = job.result
    if artifact.size > settings().mcp_inline_bytes or artifact.mime_type not in SHOWN_TYPES:
        return []
    content = await pools.DOWNLOADS.run(read_whole, artifact)
    return [ImageContent(data=b64encode(content).decode(), mime_type=artifact.mime_type)]


def read_whole(artifact: Artifact) -> bytes:
    return b"".join(jobs.stream_artifact(artifact, range(artifact.size), lambda: artifact.size))
