"""The tools for images. Each creates a job, like the operation of the HTTP API with the same fields."""

from collections.abc import Mapping

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from mcp_types import CallToolResult, ToolAnnotations

from functions.api import pools
from functions.api.mcp.image_arguments import (
    DescribeArguments,
    ImageArguments,
    OptimizeArguments,
    UpscaleArguments,
    requested_settings,
)
from functions.api.mcp.job_progress import follow_job
from functions.api.mcp.job_report import JobReport
from functions.api.mcp.report import report_job
from functions.api.mcp.sources import find_upload
from functions.api.mcp.tool_call import ToolCall, ToolDefinition
from functions.api.rate_limit import count_by_rule
from functions.api.requests import ProcessFilesRequest
from functions.api.routers.processing import ProcessFilesResponse, submit
from imgopt.errors import Unauthorized, Unavailable
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import service as jobs
from imgopt.quotas.rules import RULES

CHARGED = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True)
MCP_SOURCE = "mcp"


async def optimize_image(call: ToolCall, arguments: OptimizeArguments) -> CallToolResult:
    outputs = None if arguments.outputs is None else [requested_settings(each) for each in arguments.outputs]
    settings = requested_settings(arguments) | {"keep_metadata": arguments.keep_metadata, "outputs": outputs}
    return await process(call, arguments, settings, "auto")


async def upscale_image(call: ToolCall, arguments: UpscaleArguments) -> CallToolResult:
    settings = {"output_upscale_factor": arguments.factor, "output_format": arguments.output_format}
    return await process(call, arguments, settings, "upscale")


async def describe_image(call: ToolCall, arguments: DescribeArguments) -> CallToolResult:
    settings = {
        "output_seo_tag_gen": True,
        "output_seo_language": arguments.language,
        "output_seo_context": arguments.context,
    }
    return await process(call, arguments, settings, "tag")


async def process(
    call: ToolCall, arguments: ImageArguments, settings: Mapping[str, object], entry_point: str
) -> CallToolResult:
    check_privacy(call, arguments)
    all_settings = {**settings, "private": arguments.private, "job_source": MCP_SOURCE}
    options = ProcessingSettings.model_validate(all_settings)
    upload = await find_upload(call, arguments)
    accepted = await pools.JOBS.run(submit_upload, call, upload, options, entry_point)
    job_id = str(accepted.jobs[0]["id"])
    try:
        job = await follow_job(call, await run_in_threadpool(jobs.find, job_id), arguments.wait_seconds)
        return await report_job(job, accepted.warnings, accepted.credits_remaining)
    except Unavailable as error:  # the job is paid, and continues
        raise Unavailable(
            f"{error} The job was accepted. Call get_job with job_id {job_id}.", error.retry_after
        ) from error


def check_privacy(call: ToolCall, arguments: ImageArguments) -> None:
    """Raises Unauthorized for a private job without a credential, as nobody could see it later."""
    if arguments.private and call.principal is None:
        raise Unauthorized("A private job needs a credential: sign in, or send an API key or a session token.")


def submit_upload(
    call: ToolCall, temp_file_id: str, options: ProcessingSettings, entry_point: str
) -> ProcessFilesResponse:
    """Submits the job as `POST /auto` does, with its rate limits."""
    http: Request = call.http
    count_by_rule(http, RULES["processing"])
    request = ProcessFilesRequest(temp_file_ids=[temp_file_id], settings=options)
    return submit(http, call.principal, request, entry_point, None)


IMAGE_TOOLS = (
    ToolDefinition(
        "optimize_image",
        "Optimize an image",
        "Reduce the file size of an image, convert it to another format, or resize it. Costs credits.",
        OptimizeArguments,
        JobReport,
        optimize_image,
        CHARGED,
    ),
    ToolDefinition(
        "upscale_image",
        "Upscale an image",
        "Enlarge an image with a neural network. Costs credits, and may take a minute.",
        UpscaleArguments,
        JobReport,
        upscale_image,
        CHARGED,
    ),
    ToolDefinition(
        "describe_image",
        "Describe an image",
        "Generate alt text, keywords and a file name for an image, and compress it. Costs credits.",
        DescribeArguments,
        JobReport,
        describe_image,
        CHARGED,
    ),
)
