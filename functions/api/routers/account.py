"""Deleting one's account."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from functions.api import pools
from functions.api.deps import InteractiveUser
from functions.api.preflight import allow
from imgopt.retention import account_deletion

router = APIRouter(prefix="/account", tags=["account"])


class AccountDeletionResponse(BaseModel):
    success: bool


@router.delete("", status_code=202)
@pools.JOBS.runs
def delete_account(user: InteractiveUser) -> AccountDeletionResponse:
    """Delete one's account permanently: what is paid for ends, and keys, devices, jobs and files go.

    It is shut at once. What is not deleted by the time of the answer is within two hours.
    """
    account_deletion.begin_deletion(user.id)
    return AccountDeletionResponse(success=True)


@router.options("", include_in_schema=False)
async def account_options(request: Request) -> Any:
    return allow(request)
