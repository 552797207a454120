from contextlib import ExitStack
from datetime import datetime
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from functions.api import pools, shares
from functions.api.file_bodies import FileRoute, OnlyFile
from functions.api.preflight import allow
from functions.api.rate_limit import RateLimitedPrincipal, limit
from functions.api.upload_counts import count_bytes, limit_guests_and_bytes
from imgopt.accounts import guests
from imgopt.accounts.model import Principal
from imgopt.codecs.formats import FORMATS
from imgopt.files import direct
from imgopt.files import service as files
from imgopt.files.model import TempFile
from imgopt.imaging.options import IS_NUMBER
from imgopt.safe_http.fetch import fetch

router = APIRouter(prefix="/upload", tags=["upload"], route_class=FileRoute)
# A caller without a credential becomes a new guest.
RATE_LIMITS = [limit("uploads"), limit("new-guests")]
MEDIA_TYPE = r"^[A-Za-z0-9_.+-]{1,64}/[A-Za-z0-9_.+-]{1,64}$"


class TempFileResponse(BaseModel):
    """Response for temp file upload (Phase 1 of two-phase upload)."""

    success: bool
    temp_file_id: str
    original_filename: str
    file_size: int
    mime_type: str
    temp_path: str
    expires_at: datetime
    session_token: str | None = None
    gif_frame_count: int | None = None
    gif_fps: float | None = None


class UrlUploadRequest(BaseModel):
    """Request body for URL-based upload."""

    url: str
    filename: str | None = None


class PresignRequest(BaseModel):
    """A file that is too large for `POST /upload`. `size` is its exact size in bytes."""

    filename: str | None = None
    size: Annotated[int, Field(gt=0), IS_NUMBER]
    content_type: Annotated[str, Field(pattern=MEDIA_TYPE)] = "application/octet-stream"


class PresignResponse(BaseModel):
    """A form for S3. Post `fields` and then the part `file` to `url`, and then call `POST /upload/complete`."""

    success: bool
    upload_id: str
    url: str
    fields: dict[str, str]
    expires_in: int
    session_token: str | None = None


class CompleteRequest(BaseModel):
    upload_id: str


@router.post("", dependencies=[limit("uploads"), limit_guests_and_bytes()])
@pools.UPLOADS.runs
def upload_file(http: Request, principal: RateLimitedPrincipal, file: OnlyFile) -> TempFileResponse:
    """Upload a single file to temporary storage (Phase 1 of two-phase upload).

    This endpoint ONLY stores the file - NO processing occurs here.
    Use /auto, /compress, /resize, /upscale, or /tag endpoints to process uploaded files.

    Returns:
        temp_file_id: Use this ID when calling processing endpoints
    """
    return keep(http, principal, file.file, file.size or 0, file.filename)


@router.options("")
async def upload_options(request: Request) -> Any:
    """Handle CORS preflight requests."""
    return allow(request)


@router.post("/url", dependencies=RATE_LIMITS)
async def upload_from_url(
    http: Request, principal: RateLimitedPrincipal, request: UrlUploadRequest
) -> TempFileResponse:
    """Upload an image from a URL to temporary storage (Phase 1 of two-phase upload).

    The backend fetches the image directly from the URL, validates it,
    and stores it in temp storage — same result as POST /upload.
    """
    with ExitStack() as opened:
        async with shares.CLIENT_FETCHES.take(shares.client_of(http)):
            fetched = await pools.FETCHES.run(opened.enter_context, fetch(request.url, files.check_size))
        filename = request.filename or fetched.filename
        return await pools.UPLOADS.run(keep, http, principal, fetched.file, fetched.size, filename)


@router.post("/presign", dependencies=RATE_LIMITS)
@pools.UPLOADS.runs
def presign_upload(http: Request, principal: RateLimitedPrincipal, request: PresignRequest) -> PresignResponse:
    """Get a form to send a large file directly to S3. The form accepts exactly this size and media type."""
    files.check_size(request.size)
    count_bytes(http, principal, request.size)
    owner, new_token = caller_or_new_guest(principal)
    awaited, form = direct.announce_upload(owner, request.filename, request.size, request.content_type)
    return PresignResponse(
        success=True,
        upload_id=awaited.id,
        url=form.url,
        fields=form.fields,
        expires_in=direct.DIRECT_UPLOAD_SECONDS,
        session_token=new_token,
    )


@router.post("/complete", dependencies=[limit("uploads")])
@pools.UPLOADS.runs
def complete_upload(principal: RateLimitedPrincipal, request: CompleteRequest) -> TempFileResponse:
    """Complete a presigned upload, once its file was sent. The file is checked as by `POST /upload`."""
    return present_upload(direct.finish_upload(principal, request.upload_id), None)


@router.options("/presign", include_in_schema=False)
@router.options("/complete", include_in_schema=False)
@router.options("/url", include_in_schema=False)
async def other_upload_options(request: Request) -> Any:
    return allow(request)


def keep(
    http: Request, principal: Principal | None, content: BinaryIO, size: int, filename: str | None
) -> TempFileResponse:
    """Checks and stores a file of `size` bytes. If it is refused, nothing is stored and no guest is created."""
    image = files.inspect(content, size)
    count_bytes(http, principal, size)
    owner, new_token = caller_or_new_guest(principal)
    return present_upload(files.store(content, filename, image, owner.id), new_token)


def caller_or_new_guest(principal: Principal | None) -> tuple[Principal, str | None]:
    """The caller and None, or a new guest and its session token."""
    return (principal, None) if principal else guests.create_guest()


def present_upload(file: TempFile, session_token: str | None) -> TempFileResponse:
    return TempFileResponse(
        success=True,
        temp_file_id=file.id,
        original_filename=file.filename,
        file_size=file.size,
        mime_type=file.image.mime_type,
        temp_path=file.key,
        expires_at=file.expires_at,
        session_token=session_token,
        gif_frame_count=file.image.frames if FORMATS[file.image.format].tells_frames else None,
        gif_fps=file.image.fps,
    )
