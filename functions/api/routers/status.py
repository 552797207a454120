from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel, ConfigDict
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from functions.api import leases
from functions.api.addresses import origin_of
from functions.api.deps import KnownJob, find_visible
from functions.api.events import StreamProgress, stream_events, until_done
from functions.api.identifiers import COMMAS, ID_COUNT
from functions.api.preflight import allow
from functions.api.presenters import JobResponse, present_job
from imgopt.jobs import queue_position

router = APIRouter(prefix="/status", tags=["status"])
# Tells proxies not to buffer the answer, which goes on for minutes.
STREAM_HEADERS = {"X-Accel-Buffering": "no"}
# FastAPI describes a path's parameters only if a dependency declares them.
ANY_ID = {"parameters": [{"name": "job_id", "in": "path", "required": True, "schema": {"type": "string"}}]}


class StatusResponse(BaseModel):
    """Status check response. The job's fields are repeated beside `job`, for clients that read them there."""

    model_config = ConfigDict(extra="allow")

    success: bool
    job: JobResponse


class BatchStatusResponse(BaseModel):
    """Batch status response."""

    success: bool
    jobs: list[JobResponse]
    total: int


LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", include_in_schema=False)]


@router.get("/stream")
async def stream_batch_status(
    request: Request,
    job_ids: Annotated[list[UUID], Query(description="List of job IDs to stream"), COMMAS, ID_COUNT],
    last_event_id: LastEventId = None,
) -> Any:
    """Stream status updates for multiple jobs via SSE.

    Streams individual job updates as they occur.
    Connection closes when all jobs reach terminal states.
    """
    wanted = list(dict.fromkeys(map(str, job_ids)))
    progress, visible = StreamProgress(wanted, last_event_id), {job.id for job in await find_visible(request, job_ids)}
    events = stream_events(request.app.state.watcher, progress, visible)
    return answer_stream(until_done(events, progress), progress)


@router.get("/{job_id}/stream")
async def stream_status(request: Request, job: KnownJob, last_event_id: LastEventId = None) -> Any:
    """Stream job status updates via Server-Sent Events (SSE)."""
    progress = StreamProgress([job.id], last_event_id)
    return answer_stream(stream_events(request.app.state.watcher, progress, {job.id}), progress)


class StreamResponse(EventSourceResponse):
    """A stream of events. The number of open streams per address is limited, as streams need no credential."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with leases.CLIENT_STREAMS.take(origin_of(HTTPConnection(scope))):
            await super().__call__(scope, receive, send)


def answer_stream(events: AsyncIterator[bytes], progress: StreamProgress) -> Response:
    """The stream, or 204 if the client has received its end already: then it does not reconnect (HTML, 9.2.3)."""
    return Response(status_code=204) if progress.has_ended else StreamResponse(events, headers=STREAM_HEADERS)


@router.get("/{job_id}")
def get_status(job: KnownJob) -> StatusResponse:
    """Get the status of a single job, its results once it is completed, or the reason why it failed.

    A queued job also has its position in the queue and the estimated waiting time.
    """
    shown = present_job(job, queue_position.find_position(job))
    return StatusResponse.model_validate({**shown.model_dump(), "success": True, "job": shown})


@router.get("")
async def get_batch_status(
    request: Request,
    job_ids: Annotated[list[UUID], Query(description="List of job IDs to check"), COMMAS, ID_COUNT],
) -> BatchStatusResponse:
    """Get the status of multiple jobs in a batch, by repeated or comma-separated job_ids. Unknown ones are left out."""
    found = await find_visible(request, job_ids)
    places = await run_in_threadpool(queue_position.find_positions, found)
    shown = [present_job(job, places.get(job.id)) for job in found]
    return BatchStatusResponse(success=True, jobs=shown, total=len(shown))


@router.options("")
@router.options("/stream")
@router.options("/{job_id}", openapi_extra=ANY_ID)
@router.options("/{job_id}/stream", openapi_extra=ANY_ID)
async def status_options(request: Request) -> Any:
    """Handle CORS preflight requests."""
    return allow(request)
