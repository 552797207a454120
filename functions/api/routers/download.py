from contextlib import nullcontext
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from functions.api import leases, pools
from functions.api.addresses import origin_of
from functions.api.buffers import Buffer
from functions.api.deps import KnownJob, find_visible
from functions.api.identifiers import COMMAS, ID_COUNT
from functions.api.preflight import allow
from functions.api.presenters import content_disposition
from functions.api.ranges import NotSatisfiable, find_range, is_known
from functions.api.streaming import PartsResponse
from imgopt.errors import TooLarge
from imgopt.imaging.artifact import Artifact
from imgopt.imaging.options import MOST_OUTPUTS
from imgopt.jobs import archive
from imgopt.jobs import service as jobs
from imgopt.jobs.model import FIRST, Job, JobResult
from imgopt.settings import settings
from imgopt.units import MEBIBYTE

router = APIRouter(prefix="/download", tags=["download"])
SIGNED_SECONDS = 15 * 60
# From this size in bytes a slow client can keep a download open for long.
LARGE_BYTES = MEBIBYTE
# The number of the result, from 1, if a job has several.
OutputNumber = Annotated[int, Query(ge=FIRST, le=MOST_OUTPUTS, include_in_schema=False)]


class SignedUrlResponse(BaseModel):
    """Response for signed URL endpoint."""

    url: str
    filename: str
    content_type: str
    size: int | None = None
    expires_in: int


class DownloadResponse(PartsResponse):
    """A download. The number of large ones per address is limited; small ones fit into the buffers of the network."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_large = int(self.headers.get("content-length", LARGE_BYTES)) >= LARGE_BYTES
        try:
            async with leases.CLIENT_DOWNLOADS.take(origin_of(HTTPConnection(scope))) if is_large else nullcontext():
                await super().__call__(scope, receive, send)
        finally:
            self.close()


@router.get("")
async def download_archive(
    request: Request,
    job_ids: Annotated[list[UUID], Query(description="List of job IDs to download"), COMMAS, ID_COUNT],
) -> Any:
    """Download the results of several jobs as one ZIP archive.

    Answers 400 if one of the jobs has not ended. Jobs that failed are left out.
    """
    chosen = archive.choose_results(await find_visible(request, job_ids))
    if archive.total_size(chosen) > settings().inline_download_bytes:
        raise TooLarge("The files together are too large for one answer. Use /download/{job_id}/url for each of them.")
    headers = {"Content-Disposition": f'attachment; filename="{archive.FILENAME}"'}
    buffer = Buffer()
    parts = await pools.DOWNLOADS.run(archive.stream_zip, chosen, buffer.next_size)
    return DownloadResponse(parts, buffer, headers, "application/zip")


@router.head("/{job_id}", include_in_schema=False)
@router.get("/{job_id}")
@pools.DOWNLOADS.runs
def download_file(request: Request, job: KnownJob, output: OutputNumber = FIRST) -> Any:
    """Download a processed image file, or a part of it.

    Answers 400 if the job is not completed, 404 if it is unknown, 410 if it has expired.
    """
    result = job.finished_result(output)
    size, etag = result.artifact.size, make_etag(job, result)
    if size > settings().inline_download_bytes and request.method == "GET":  # the signed URL allows only GET
        return RedirectResponse(sign_download(result))
    headers = {"ETag": etag, "Accept-Ranges": "bytes"}
    if is_known(request.headers, etag):
        return Response(status_code=304, headers=headers)
    try:
        part = find_range(request.headers, etag, size)
    except NotSatisfiable as error:
        headers["Content-Range"] = f"bytes */{size}"
        raise HTTPException(416, "The file ends before that part.", headers) from error
    headers["Content-Disposition"] = content_disposition(result.filename)
    return answer_download(result.artifact, part, headers, with_body=request.method == "GET")


def make_etag(job: Job, result: JobResult) -> str:
    """The ETag of a result. It needs no hash of the file, as results never change."""
    return f'"{job.id}"' if result.number == FIRST else f'"{job.id}.{result.number}"'


def answer_download(result: Artifact, part: range | None, headers: dict[str, str], *, with_body: bool) -> Response:
    wanted = part if part is not None else range(result.size)
    headers["Content-Length"] = str(len(wanted))
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{result.size}"
    status, buffer = 200 if part is None else 206, Buffer()
    if not with_body:
        return Response(None, status, headers, result.mime_type)
    parts = jobs.stream_artifact(result, wanted, buffer.next_size)
    return DownloadResponse(parts, buffer, headers, result.mime_type, status)


@router.get("/{job_id}/url")
def get_download_url(job: KnownJob, output: OutputNumber = FIRST) -> SignedUrlResponse:
    """Get a pre-signed URL for direct download. The URL is valid for 15 minutes."""
    result = job.finished_result(output)
    return SignedUrlResponse(
        url=sign_download(result),
        filename=result.filename,
        content_type=result.artifact.mime_type,
        size=result.artifact.size,
        expires_in=SIGNED_SECONDS,
    )


def sign_download(result: JobResult) -> str:
    return jobs.presign_artifact(result.artifact, content_disposition(result.filename), SIGNED_SECONDS)


@router.options("/{job_id}")
@router.options("/{job_id}/url")
async def download_options(request: Request, job_id: UUID) -> Any:
    """Handle CORS preflight requests."""
    return allow(request)
