"""Tools that work on an image. Each makes a job, as the call of the HTTP API does whose fields it has."""

from collections.abc import Mapping

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from functions.api import pools
from functions.api.mcp.following import follow_job
from functions.api.mcp.report import JobReport, report_job
from functions.api.mcp.sources import ImageArguments, find_upload
from functions.api.mcp.tool_call import ToolCall, ToolDefinition
from functions.api.rate_limit import count_by_rule
from functions.api.requests import ProcessFilesRequest
from functions.api.routers.processing import ProcessFilesResponse, submit
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.errors import Unavailable
from imgopt.imaging.options import (
    Bytes,
    KeptMetadata,
    OutputFormat,
    ProcessingSettings,
    Quality,
    ResizeBehavior,
    Side,
)
from imgopt.jobs import service as jobs
from imgopt.quotas.rules import RULES
from imgopt.setting_types import LanguageTag

CHARGED = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True)
MCP_SOURCE = "mcp"


class OptimizeArguments(ImageArguments):
    output_format: OutputFormat = Field(
        OutputFormat.ORIGINAL, description="`auto` takes the one in which the image is smallest and looks as good."
    )
    quality: Quality = Field(80, description="Compression quality.")
    width: Side | None = Field(None, description="Width in pixels; with no height, in proportion.")
    height: Side | None = Field(None, description="Height in pixels; with no width, in proportion.")
    resize_behavior: ResizeBehavior = Field(
        ResizeBehavior.PAD, description="Where both are given, and not in proportion: bars, or a crop."
    )
    target_file_size: Bytes | None = Field(None, description="Most bytes of the result.")
    keep_metadata: KeptMetadata = Field(
        KeepMetadata.NONE,
        description="What of EXIF, XMP and IPTC stays: none, all, or copyright, creation, location.",
        json_schema_extra={"default": "none"},
    )


class UpscaleArguments(ImageArguments):
    factor: float = Field(2.0, ge=1.0, le=4.0, description="How many times as wide and as high.")
    output_format: OutputFormat = OutputFormat.ORIGINAL


class DescribeArguments(ImageArguments):
    language: LanguageTag | None = Field(None, description="By BCP 47, such as de or pt-BR; English by default.")
    context: str | None = Field(
        None, max_length=500, description="What the image is for, such as the title of the page that it stands in."
    )


async def optimize_image(call: ToolCall, asked: OptimizeArguments) -> CallToolResult:
    settings = {
        "output_format": asked.output_format,
        "output_quality": asked.quality,
        "output_width": asked.width,
        "output_height": asked.height,
        "output_resize_behavior": asked.resize_behavior,
        "output_file_size_limit": asked.target_file_size,
        "keep_metadata": asked.keep_metadata,
    }
    return await process(call, asked, settings, "auto")


async def upscale_image(call: ToolCall, asked: UpscaleArguments) -> CallToolResult:
    settings = {"output_upscale_factor": asked.factor, "output_format": asked.output_format}
    return await process(call, asked, settings, "upscale")


async def describe_image(call: ToolCall, asked: DescribeArguments) -> CallToolResult:
    settings = {
        "output_seo_tag_gen": True,
        "output_seo_language": asked.language,
        "output_seo_context": asked.context,
    }
    return await process(call, asked, settings, "tag")


async def process(
    call: ToolCall, asked: ImageArguments, settings: Mapping[str, object], entry_point: str
) -> CallToolResult:
    options = ProcessingSettings.model_validate({**settings, "job_source": MCP_SOURCE})
    upload = await find_upload(call, asked)
    accepted = await pools.JOBS.run(submit_upload, call, upload, options, entry_point)
    job_id = str(accepted.jobs[0]["id"])
    try:
        job = await follow_job(call, await run_in_threadpool(jobs.find, job_id), asked.wait_seconds)
        return await report_job(job, accepted.warnings, accepted.credits_remaining)
    except Unavailable as error:  # it is paid, and goes on
        raise Unavailable(
            f"{error} The job is accepted: call get_job with job_id {job_id}.", error.retry_after
        ) from error


def submit_upload(
    call: ToolCall, temp_file_id: str, options: ProcessingSettings, entry_point: str
) -> ProcessFilesResponse:
    """By the rules of `POST /auto`."""
    http: Request = call.http
    count_by_rule(http, RULES["processing"])
    request = ProcessFilesRequest(temp_file_ids=[temp_file_id], settings=options)
    return submit(http, call.asking, request, entry_point, None)


IMAGE_TOOLS = (
    ToolDefinition(
        "optimize_image",
        "Optimize an image",
        "Make an image smaller in bytes, of another format, or of another size. Costs credits.",
        OptimizeArguments,
        JobReport,
        optimize_image,
        CHARGED,
    ),
    ToolDefinition(
        "upscale_image",
        "Upscale an image",
        "Make an image larger in pixels by a neural network. Costs credits, and may take a minute.",
        UpscaleArguments,
        JobReport,
        upscale_image,
        CHARGED,
    ),
    ToolDefinition(
        "describe_image",
        "Describe an image",
        "Write alt text, keywords and a file name for an image, which is compressed as well. Costs credits.",
        DescribeArguments,
        JobReport,
        describe_image,
        CHARGED,
    ),
)
