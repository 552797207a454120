from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from functions.api.deps import KnownJob
from functions.api.preflight import allow
from functions.api.presenters import JobResponse, present_job
from imgopt.errors import NotAvailable

router = APIRouter(prefix="/status", tags=["status"])


class StatusResponse(BaseModel):
    """Status check response."""

    success: bool
    job: JobResponse


class BatchStatusResponse(BaseModel):
    """Batch status response."""

    success: bool
    jobs: list[JobResponse]
    total: int


@router.get("/stream")
def stream_batch_status(job_ids: Annotated[list[UUID], Query(description="List of job IDs to stream")]) -> Any:
    """Stream status updates for multiple jobs via SSE.

    Streams individual job updates as they occur.
    Connection closes when all jobs reach terminal states.
    """
    raise NotAvailable("Status streams are not available in this version. Poll /status/{job_id}.")


@router.get("/{job_id}/stream")
def stream_status(job_id: UUID) -> Any:
    """Stream job status updates via Server-Sent Events (SSE)."""
    raise NotAvailable("Status streams are not available in this version. Poll /status/{job_id}.")


@router.get("/{job_id}")
def get_status(job: KnownJob) -> StatusResponse:
    """Get the status of a single job: its state, its results once it is completed, the reason where it failed."""
    return StatusResponse(success=True, job=present_job(job))


@router.get("")
def get_batch_status(
    job_ids: Annotated[list[UUID], Query(description="List of job IDs to check")],
) -> BatchStatusResponse:
    """Get the status of multiple jobs in a batch."""
    raise NotAvailable("The status of several jobs at once is not available in this version. Ask for one job.")


@router.options("")
@router.options("/stream")
@router.options("/{job_id}")
@router.options("/{job_id}/stream")
def status_options() -> Any:
    """Handle CORS preflight requests."""
    return allow("GET")
