"""Asking for jobs."""

from typing import Annotated, Any

from fastapi import APIRouter, Header
from pydantic import BaseModel

from functions.api.presenters import present_job
from functions.api.requests import (
    CompressRequest,
    ProcessFilesRequest,
    ResizeRequest,
    TagRequest,
    UpscaleRequest,
)
from functions.api.throttling import Admitted, LimitedRoute, limit
from imgopt.accounts.model import Principal
from imgopt.callbacks import signing
from imgopt.jobs import service as jobs
from imgopt.pipeline.options import ProcessingSettings

router = APIRouter(route_class=LimitedRoute)
LIMITS = [limit("processing")]
IdempotencyKey = Annotated[
    str | None, Header(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$", include_in_schema=False)
]


class ProcessFilesResponse(BaseModel):
    """Response for batch file processing."""

    success: bool
    jobs: list[dict[str, Any]]
    credits_used: int | None = None
    credits_remaining: int | None = None
    callback_secret: str | None = None


@router.post("/auto", tags=["auto"], dependencies=LIMITS)
def process_auto(
    asking: Admitted, request: ProcessFilesRequest, idempotency_key: IdempotencyKey = None
) -> ProcessFilesResponse:
    """Process previously uploaded temp files with smart routing.

    It accepts temp_file_ids from the /upload endpoint and applies processing based on settings.

    Components are automatically determined by settings:
    - Upscale: if output_upscale_factor is set
    - Resize: if output_width or output_height is set
    - Compress: always runs (quality setting)
    - Tag: if output_seo_tag_gen is True
    """
    return submit(asking, request.temp_file_ids, request.settings, "auto", idempotency_key)


@router.post("/compress", tags=["compress"], dependencies=LIMITS)
def compress_images(
    asking: Admitted, request: CompressRequest, idempotency_key: IdempotencyKey = None
) -> ProcessFilesResponse:
    """Compress images with optional format conversion.

    Accepts temp_file_ids from the /upload endpoint.
    """
    return submit(asking, request.temp_file_ids, request.options(), "compress", idempotency_key)


@router.post("/resize", tags=["resize"], dependencies=LIMITS)
def resize_images(
    asking: Admitted, request: ResizeRequest, idempotency_key: IdempotencyKey = None
) -> ProcessFilesResponse:
    """Resize images to specified dimensions.

    Accepts temp_file_ids from the /upload endpoint.
    """
    return submit(asking, request.temp_file_ids, request.options(), "resize", idempotency_key)


@router.post("/upscale", tags=["upscale"], dependencies=LIMITS)
def upscale_images(
    asking: Admitted, request: UpscaleRequest, idempotency_key: IdempotencyKey = None
) -> ProcessFilesResponse:
    """Upscale images using AI (2x or 4x).

    Accepts temp_file_ids from the /upload endpoint.
    """
    return submit(asking, request.temp_file_ids, request.options(), "upscale", idempotency_key)


@router.post("/tag", tags=["tag"], dependencies=LIMITS)
def tag_images(asking: Admitted, request: TagRequest, idempotency_key: IdempotencyKey = None) -> ProcessFilesResponse:
    """Generate AI metadata for images (alt text, keywords, filename).

    Accepts temp_file_ids from the /upload endpoint.
    """
    return submit(asking, request.temp_file_ids, request.options(), "tag", idempotency_key)


def submit(
    asking: Principal | None, temp_file_ids: list[str], options: ProcessingSettings, entry_point: str, key: str | None
) -> ProcessFilesResponse:
    accepted = jobs.submit(asking, temp_file_ids, options, entry_point, key)
    shown = [{**present_job(job).model_dump(mode="json"), "temp_file_id": job.temp_file_id} for job in accepted.jobs]
    return ProcessFilesResponse(
        success=True,
        jobs=shown,
        credits_used=accepted.credits_used,
        credits_remaining=accepted.credits_remaining,
        callback_secret=signing.key_of(accepted.jobs[0].owner) if options.callback_url else None,
    )
