from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from functions.api import pools
from functions.api.buffers import Buffer
from functions.api.deps import OptionalPrincipal
from functions.api.preflight import allow
from functions.api.presenters import content_disposition
from functions.api.routers.download import SIGNED_SECONDS, DownloadResponse, SignedUrlResponse
from imgopt.jobs import originals
from imgopt.jobs.model import Job
from imgopt.retention.deletion import delete_job, find_owned_job
from imgopt.settings import settings

router = APIRouter(prefix="/jobs", tags=["jobs"])


class DeletedResponse(BaseModel):
    success: bool
    job_id: UUID


@router.delete("/{job_id}")
@pools.JOBS.runs
def delete_one_job(principal: OptionalPrincipal, job_id: UUID) -> DeletedResponse:
    """Delete one of the caller's jobs now, with its results. The upload is deleted if no other job uses it.

    If the work has not begun, the credits are refunded. If it has begun, it is stopped without a refund.
    """
    delete_job(principal, str(job_id))
    return DeletedResponse(success=True, job_id=job_id)


@router.get("/{job_id}/original")
@pools.DOWNLOADS.runs
def download_original(principal: OptionalPrincipal, job_id: UUID) -> Any:
    """Download the unchanged upload of one of the caller's jobs, as long as it is kept."""
    job = find_owned_job(principal, str(job_id))
    if job.source_size > settings().inline_download_bytes:
        return RedirectResponse(sign_original(job))
    headers = {"Content-Disposition": content_disposition(job.filename), "Content-Length": str(job.source_size)}
    buffer = Buffer()
    return DownloadResponse(originals.stream_original(job, buffer.next_size), buffer, headers, job.source.mime_type)


@router.get("/{job_id}/original/url")
@pools.DOWNLOADS.runs
def get_original_url(principal: OptionalPrincipal, job_id: UUID) -> SignedUrlResponse:
    """Get a pre-signed URL for the upload of one of the caller's jobs. The URL is valid for 15 minutes."""
    job = find_owned_job(principal, str(job_id))
    return SignedUrlResponse(
        url=sign_original(job),
        filename=job.filename,
        content_type=job.source.mime_type,
        size=job.source_size,
        expires_in=SIGNED_SECONDS,
    )


def sign_original(job: Job) -> str:
    return originals.presign_original(job, content_disposition(job.filename), SIGNED_SECONDS)


@router.options("/{job_id}", include_in_schema=False)
@router.options("/{job_id}/original", include_in_schema=False)
@router.options("/{job_id}/original/url", include_in_schema=False)
async def job_options(request: Request) -> Any:
    return allow(request)
