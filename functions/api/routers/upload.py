from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, File, UploadFile
from pydantic import BaseModel

from functions.api.deps import Asking
from functions.api.preflight import allow
from imgopt.accounts import service as accounts
from imgopt.errors import NotAvailable
from imgopt.files import service as files
from imgopt.files.model import TempFile

router = APIRouter(prefix="/upload", tags=["upload"])


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


@router.post("")
def upload_file(
    asking: Asking, file: Annotated[UploadFile, File(description="Image file to upload")]
) -> TempFileResponse:
    """Upload a single file to temporary storage (Phase 1 of two-phase upload).

    This endpoint ONLY stores the file - NO processing occurs here.
    Use /auto, /compress, /resize, /upscale, or /tag endpoints to process uploaded files.

    Returns:
        temp_file_id: Use this ID when calling processing endpoints
    """
    size = file.size or 0
    image = files.inspect(file.file, size)
    owner, new_token = (asking, None) if asking else accounts.create_guest()
    stored = files.store(file.file, size, file.filename, image, owner)
    return present(stored, new_token)


@router.options("")
def upload_options() -> Any:
    """Handle CORS preflight requests."""
    return allow("POST")


@router.post("/url")
def upload_from_url(asking: Asking, request: UrlUploadRequest) -> TempFileResponse:
    """Upload an image from a URL to temporary storage (Phase 1 of two-phase upload).

    The backend fetches the image directly from the URL, validates it,
    and stores it in temp storage — same result as POST /upload.
    """
    raise NotAvailable("Uploading from a URL is not available in this version. Upload the file itself.")


def present(file: TempFile, session_token: str | None) -> TempFileResponse:
    is_gif = file.image.format == "gif"
    return TempFileResponse(
        success=True,
        temp_file_id=file.id,
        original_filename=file.filename,
        file_size=file.size,
        mime_type=file.image.mime_type,
        temp_path=file.key,
        expires_at=file.expires_at,
        session_token=session_token,
        gif_frame_count=file.image.frames if is_gif else None,
        gif_fps=file.image.fps,
    )
