"""Processing by tasks that a queue delivers over HTTP."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from functions.api import pools
from functions.api.callers import TaskName
from functions.api.preflight import allow
from functions.api.requests import ProcessJobRequest
from imgopt.jobs import external_tasks
from imgopt.jobs.completion import completion_event
from imgopt.jobs.model import UNFINISHED, JobStatus
from imgopt.settings import settings

router = APIRouter(prefix="/process", tags=["processing"])


@router.post("")
async def process_job(http: Request, task: TaskName, request: ProcessJobRequest) -> Any:
    """Process an image job through the 4-component pipeline.

    Pipeline order: Upscale → Resize → Compress → Tag
    Components are determined by settings values (not run_* flags).

    The job must have been accepted before. It is started if it was not, and the answer comes when it ends. After 25
    seconds the answer is 202, and the same task may be sent again.
    """
    requested = request.settings.model_dump(mode="json", exclude_unset=True)
    job = await pools.JOBS.run(external_tasks.start_or_enqueue, task, request.job_id, request.input_path, requested)
    job = await external_tasks.wait_for_end(http.app.state.watcher, job, settings().process_seconds)
    if job.status in UNFINISHED:
        return JSONResponse({"success": True, "job_id": job.id, "status": job.status.value}, 202)
    return {"success": job.status is JobStatus.COMPLETED, **completion_event(job)}


@router.options("")
async def process_options(request: Request) -> Any:
    """Handle CORS preflight requests."""
    return allow(request)
