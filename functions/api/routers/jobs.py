from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel

from functions.api import pools
from functions.api.deps import OptionalPrincipal
from functions.api.preflight import allow
from imgopt.retention.deletion import delete_job

router = APIRouter(prefix="/jobs", tags=["jobs"])


class DeletedResponse(BaseModel):
    success: bool
    job_id: UUID


@router.delete("/{job_id}")
@pools.JOBS.runs
def delete_one_job(asking: OptionalPrincipal, job_id: UUID) -> DeletedResponse:
    """Delete a job of one's own now, with its result and, unless another job was made of it, the upload.

    One that has not begun gives its credits back; one that is under way is stopped, and stays paid.
    """
    delete_job(asking, str(job_id))
    return DeletedResponse(success=True, job_id=job_id)


@router.options("/{job_id}", include_in_schema=False)
async def job_options(request: Request) -> Any:
    return allow(request)
