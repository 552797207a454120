"""Waits for the end of a job, and reports its progress."""

import time

from functions.api.events import ENDED_STAGE, stage_of
from functions.api.mcp.tool_call import ToolCall
from imgopt.jobs.model import UNFINISHED, Job


async def follow_job(call: ToolCall, job: Job, seconds: float) -> Job:
    """Waits for at most `seconds`, and returns the job in its last known state. Raises Unavailable."""
    until = time.monotonic() + call.seconds_left(seconds)
    await send_progress(call, job)
    with call.http.app.state.watcher.watch([job.id]) as watch:
        while job.status in UNFINISHED and (left := until - time.monotonic()) > 0:
            found = (await watch.changes(left)).get(job.id, job)
            if found and found.status != job.status:
                job = found
                await send_progress(call, job)
    return job


async def send_progress(call: ToolCall, job: Job) -> None:
    await call.tell(stage_of(job), ENDED_STAGE, job.status.value)
