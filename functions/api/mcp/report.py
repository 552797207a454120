"""Answers of tools about a job: fields of its status, signed URLs of its files, and the first file if small."""

import json
from collections.abc import Sequence

from fastapi.concurrency import run_in_threadpool
from mcp_types import CallToolResult, ResourceLink, TextContent

from functions.api.mcp.job_report import JobReport
from functions.api.mcp.results import link_results, show
from functions.api.presenters import present_job
from functions.api.routers.download import SIGNED_SECONDS
from imgopt.jobs import queue_position
from imgopt.jobs.completion import show_result
from imgopt.jobs.model import UNFINISHED, Job, JobStatus

# These fields hold signed URLs in place of paths.
ADDRESSED = {"download_url", "outputs"}


async def report_job(
    job: Job, warnings: list[str] | None = None, credits_remaining: int | None = None
) -> CallToolResult:
    """The answer of a tool. A job that failed is an error with the reason; its credits were refunded."""
    links = await run_in_threadpool(link_results, job)
    fields = (await run_in_threadpool(describe_job, job)) | {
        "warnings": [*(warnings or ()), *filter(None, [job.warning])],
        "credits_remaining": credits_remaining,
        "download_url": links[0].uri if links else None,
        "download_expires_in": SIGNED_SECONDS if links else None,
        "outputs": describe_outputs(job, links) if len(links) > 1 else None,
        "next_step": describe_next_step(job),
    }
    report = JobReport.model_validate(fields).model_dump(mode="json", exclude_none=True)
    return CallToolResult(
        content=[TextContent(text=json.dumps(report)), *links, *await show(job)],
        structured_content=report,
        is_error=job.status in (JobStatus.FAILED, JobStatus.EXPIRED),
    )


def describe_job(job: Job) -> dict[str, object]:
    position = queue_position.find_position(job) if job.status in UNFINISHED else None
    shown = present_job(job, position).model_dump(include=JobReport.model_fields.keys() - ADDRESSED)
    return {**shown, "temp_file_id": job.temp_file_id}


def describe_outputs(job: Job, links: Sequence[ResourceLink]) -> list[dict[str, object]]:
    return [
        {**show_result(job, result), "download_url": link.uri} for result, link in zip(job.results, links, strict=True)
    ]


def describe_next_step(job: Job) -> str | None:
    if job.status in UNFINISHED:
        return f"The job is still running. Call get_job with job_id {job.id} and wait_seconds 15 until it has ended."
    return None
