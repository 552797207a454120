"""The tool that reports a job, whether a tool or the HTTP API created it."""

from uuid import UUID

from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from functions.api import leases
from functions.api.addresses import origin_of
from functions.api.deps import find_job
from functions.api.mcp.job_progress import follow_job
from functions.api.mcp.job_report import JobReport
from functions.api.mcp.report import report_job
from functions.api.mcp.tool_call import Arguments, ToolCall, ToolDefinition, WaitSeconds
from imgopt.errors import RateLimited
from imgopt.jobs.model import UNFINISHED, Job

READING = ToolAnnotations(read_only_hint=True, open_world_hint=False)


class JobArguments(Arguments):
    job_id: UUID = Field(description="The id of the job, a UUID, from the report of a tool or from the HTTP API.")
    wait_seconds: WaitSeconds = 0


async def report_status(call: ToolCall, arguments: JobArguments) -> CallToolResult:
    """Raises NotFound if there is no such job, or if it is private and not the caller's."""
    job = await find_job(call.http, arguments.job_id)
    return await report_job(await wait_with_lease(call, job, arguments.wait_seconds))


async def wait_with_lease(call: ToolCall, job: Job, seconds: float) -> Job:
    """Waits for at most `seconds`, and returns the job. It does not wait if the client has too many calls waiting.

    On Lambda each waiting call occupies an execution environment. Other tools are limited by the jobs they create.
    """
    if not seconds or job.status not in UNFINISHED:
        return await follow_job(call, job, 0)
    try:
        async with leases.CLIENT_WAITS.take(origin_of(call.http)):
            return await follow_job(call, job, seconds)
    except RateLimited:
        return await follow_job(call, job, 0)


JOB_TOOLS = (
    ToolDefinition(
        "get_job",
        "Get a job",
        "Get the status of a job, and a new signed URL of its result once it is completed. Costs nothing.",
        JobArguments,
        JobReport,
        report_status,
        READING,
    ),
)
