"""Asking for jobs. `/auto` takes settings; the others are short forms of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Header
from imgopt.accounts.model import Principal
from imgopt.errors import NotAvailable
from imgopt.jobs import service as jobs
from imgopt.pipeline.options import OutputFormat, ProcessingSettings, ResizeBehavior
from pydantic import AfterValidator, BaseModel, Field

from functions.api.deps import Asking
from functions.api.preflight import allow
from functions.api.presenters import present_job

router = APIRouter()


def one_of(choices: type[OutputFormat] | type[ResizeBehavior]) -> AfterValidator:
    """The contract has these as plain strings: only the values are checked, the schema stays."""

    def check(value: str) -> str:
        return choices(value).value

    return AfterValidator(check)


def positive(value: int | None) -> int | None:
    if value is not None and value <= 0:
        raise ValueError("must be greater than 0")
    return value


FormatName = Annotated[str, one_of(OutputFormat)]
Width = Annotated[int, Field(ge=1, le=8192)]


class ProcessFilesRequest(BaseModel):
    """Request to process previously uploaded temp files."""

    temp_file_ids: list[str]
    settings: ProcessingSettings = Field(default_factory=ProcessingSettings)


class ShortRequest(BaseModel):
    """Uploads, and settings that the short form's own fields override where they are given."""

    temp_file_ids: list[str]
    settings: ProcessingSettings | None = None


class CompressRequest(ShortRequest):
    """Request model for compress endpoint with temp_file_ids."""

    output_format: FormatName = "original"
    quality: int = Field(80, ge=1, le=100)
    target_file_size: Annotated[int | None, AfterValidator(positive)] = None


class ResizeRequest(ShortRequest):
    """Request model for resize endpoint with temp_file_ids."""

    width: Width | None = None
    height: Width | None = None
    resize_behavior: Annotated[str, one_of(ResizeBehavior)] = "pad"
    output_format: FormatName = "original"


class UpscaleRequest(ShortRequest):
    """Request model for upscale endpoint with temp_file_ids."""

    factor: float = Field(2.0, ge=1.0, le=4.0)
    output_format: FormatName = "original"


class TagRequest(ShortRequest):
    """Request model for tag endpoint with temp_file_ids."""

    rename_file: bool = False
    output_format: FormatName = "original"


class ProcessJobRequest(BaseModel):
    """Request model for job processing."""

    job_id: str
    input_path: str
    settings: ProcessingSettings


class ProcessFilesResponse(BaseModel):
    """Response for batch file processing."""

    success: bool
    jobs: list[dict[str, Any]]
    credits_used: int | None = None
    credits_remaining: int | None = None


COMPRESS_FIELDS = {
    "output_format": "output_format",
    "quality": "output_quality",
    "target_file_size": "output_file_size_limit",
}


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
    return submit(asking, request.temp_file_ids, merge(request, COMPRESS_FIELDS), "compress")


@router.post("/resize", tags=["resize"])
def resize_images(asking: Asking, request: ResizeRequest) -> ProcessFilesResponse:
    """Resize images to specified dimensions.

    Accepts temp_file_ids from the /upload endpoint.
    """
    raise NotAvailable("Resizing is not available in this version.")


@router.post("/upscale", tags=["upscale"])
def upscale_images(asking: Asking, request: UpscaleRequest) -> ProcessFilesResponse:
    """Upscale images using AI (2x or 4x).

    Accepts temp_file_ids from the /upload endpoint.
    """
    raise NotAvailable("Upscaling is not available in this version.")


@router.post("/tag", tags=["tag"])
def tag_images(asking: Asking, request: TagRequest) -> ProcessFilesResponse:
    """Generate AI metadata for images (alt text, keywords, filename).

    Accepts temp_file_ids from the /upload endpoint.
    """
    raise NotAvailable("Tagging is not available in this version.")


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
def process_options() -> Any:
    """Handle CORS preflight requests."""
    return allow("POST")


def merge(request: ShortRequest, fields: dict[str, str]) -> ProcessingSettings:
    """The request's `settings`, overridden by the short form's own fields that the client sent."""
    base = request.settings or ProcessingSettings()
    sent = {setting: getattr(request, field) for field, setting in fields.items() if field in request.model_fields_set}
    return ProcessingSettings.model_validate({**base.model_dump(), **sent})


def submit(
    asking: Principal | None, temp_file_ids: list[str], options: ProcessingSettings, entry_point: str
) -> ProcessFilesResponse:
    submitted = jobs.submit(asking, temp_file_ids, options, entry_point)
    answers = [{**present_job(job).model_dump(mode="json"), "temp_file_id": job.temp_file_id} for job in submitted]
    return ProcessFilesResponse(success=True, jobs=answers)
