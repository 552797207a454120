"""Deletion of the caller's account."""

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
    """Delete the caller's account permanently: subscription, API keys, devices, jobs and files.

    The account can't be used from the moment of the answer. All data is deleted within two hours.
    """
    account_deletion.begin_deletion(user.id)
    return AccountDeletionResponse(success=True)


@router.options("", include_in_schema=False)
async def account_options(request: Request) -> Any:
    return allow(request)
