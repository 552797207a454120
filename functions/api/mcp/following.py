"""Waiting for a job to end, and telling how far it is."""

import time

from functions.api.events import ENDED_STAGE, stage_of
from functions.api.mcp.tool_call import ToolCall
from imgopt.errors import NotFound
from imgopt.jobs.model import Job


async def follow_job(call: ToolCall, job_id: str, seconds: float) -> Job:
    """The job when it ends, or as it is after so many seconds. Raises NotFound, or Unavailable."""
    until = time.monotonic() + call.seconds_left(seconds)
    job: Job | None = None
    with call.http.app.state.watcher.watch([job_id]) as watch:
        while stage_of(job) < ENDED_STAGE or job is None:
            left = until - time.monotonic()
            if job and left <= 0:
                return job
            changes = await watch.changes(left if job else call.seconds_left(seconds) + 1)
            if job_id in changes:
                job = changes[job_id]
                if job is None:
                    raise NotFound("Job not found.")
                await call.tell(stage_of(job), ENDED_STAGE, job.status.value)
    return job
