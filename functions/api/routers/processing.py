"""Asking for jobs."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel

from functions.api.deps import Asking
from functions.api.preflight import allow
from functions.api.presenters import present_job
from functions.api.requests import (
    CompressRequest,
    ProcessFilesRequest,
    ProcessJobRequest,
    ResizeRequest,
    TagRequest,
    UpscaleRequest,
)
from imgopt.accounts.model import Principal
from imgopt.callbacks import signing
from imgopt.errors import NotAvailable
from imgopt.jobs import service as jobs
from imgopt.pipeline.options import ProcessingSettings

router = APIRouter()


class ProcessFilesResponse(BaseModel):
    """Response for batch file processing."""

    success: bool
    jobs: list[dict[str, Any]]
    credits_used: int | None = None
    credits_remaining: int | None = None
    callback_secret: str | None = None


@router.post("/auto", tags=["auto"])
def process_auto(asking: Asking, request: ProcessFilesRequest) -> ProcessFilesResponse:
    """Process previously uploaded temp files with smart routing.

    It accepts temp_file_ids from the /upload endpoint and applies processing based on settings.

    Components are automatically determined by settings:
    - Upscale: if output_upscale_factor is set
    - Resize: if output_width or output_height is set
    - Compress: always runs (quality setting)
    - Tag: if output_seo_tag_gen is True
    """
    return submit(asking, request.temp_file_ids, request.settings, "auto")


@router.post("/compress", tags=["compress"])
def compress_images(asking: Asking, request: CompressRequest) -> ProcessFilesResponse:
    """Compress images with optional format conversion.

    Accepts temp_file_ids from the /upload endpoint.
    """
    return submit(asking, request.temp_file_ids, request.options(), "compress")


@router.post("/resize", tags=["resize"])
def resize_images(asking: Asking, request: ResizeRequest) -> ProcessFilesResponse:
    """Resize images to specified dimensions.

    Accepts temp_file_ids from the /upload endpoint.
    """
    return submit(asking, request.temp_file_ids, request.options(), "resize")


@router.post("/upscale", tags=["upscale"])
def upscale_images(asking: Asking, request: UpscaleRequest) -> ProcessFilesResponse:
    """Upscale images using AI (2x or 4x).

    Accepts temp_file_ids from the /upload endpoint.
    """
    return submit(asking, request.temp_file_ids, request.options(), "upscale")


@router.post("/tag", tags=["tag"])
def tag_images(asking: Asking, request: TagRequest) -> ProcessFilesResponse:
    """Generate AI metadata for images (alt text, keywords, filename).

    Accepts temp_file_ids from the /upload endpoint.
    """
    return submit(asking, request.temp_file_ids, request.options(), "tag")


@router.post("/process", tags=["processing"])
def process_job(
    request: ProcessJobRequest,
    authorization: Annotated[str | None, Header()] = None,
    x_cloudtasks_taskname: Annotated[str | None, Header()] = None,
) -> Any:
    """Process an image job through the 4-component pipeline.

    Pipeline order: Upscale → Resize → Compress → Tag
    Components are determined by settings values (not run_* flags).
    """
    raise NotAvailable("Processing by task is not available in this version. Use /auto.")


@router.options("/process", tags=["processing"])
def process_options(request: Request) -> Any:
    """Handle CORS preflight requests."""
    return allow(request)


def submit(
    asking: Principal | None, temp_file_ids: list[str], options: ProcessingSettings, entry_point: str
) -> ProcessFilesResponse:
    submitted = jobs.submit(asking, temp_file_ids, options, entry_point)
    answers = [{**present_job(job).model_dump(mode="json"), "temp_file_id": job.temp_file_id} for job in submitted]
    secret = signing.key_of(submitted[0].owner) if options.callback_url else None
    return ProcessFilesResponse(success=True, jobs=answers, callback_secret=secret)
