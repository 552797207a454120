from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from pydantic import BaseModel

from functions.api.deps import KnownJob
from functions.api.preflight import allow
from functions.api.presenters import content_disposition
from imgopt.errors import NotAvailable
from imgopt.jobs import service as jobs
from imgopt.settings import settings

router = APIRouter(prefix="/download", tags=["download"])
REDIRECT_SECONDS = 15 * 60


class SignedUrlResponse(BaseModel):
    """Response for signed URL endpoint."""

    url: str
    filename: str
    content_type: str
    size: int | None = None
    expires_in: int


@router.get("/{job_id}")
def download_file(job: KnownJob) -> Any:
    """Download a processed image file.

    400 where the job is not completed, 404 where it is unknown, 410 where it has expired.
    """
    result, disposition = job.finished_result(), content_disposition(job)
    if result.size > settings().inline_download_bytes:
        return RedirectResponse(jobs.presign_result(result, disposition, REDIRECT_SECONDS))
    headers = {"Content-Disposition": disposition, "Content-Length": str(result.size)}
    return StreamingResponse(jobs.stream_result(result), media_type=result.mime_type, headers=headers)


@router.get("/{job_id}/url")
def get_download_url(job_id: UUID) -> SignedUrlResponse:
    """Get a pre-signed URL for direct download. The URL is valid for 15 minutes."""
    raise NotAvailable("Signed URLs are not available in this version. Use /download/{job_id}.")


@router.options("/{job_id}")
@router.options("/{job_id}/url")
def download_options(job_id: UUID) -> Response:
    """Handle CORS preflight requests."""
    return allow("GET")
