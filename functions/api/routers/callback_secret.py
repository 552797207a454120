"""The secret that signs the caller's callbacks."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from functions.api.deps import InteractiveUser
from functions.api.preflight import allow
from imgopt.callbacks import owner_secrets

router = APIRouter(prefix="/callback-secret", tags=["callbacks"])


class CallbackSecretResponse(BaseModel):
    callback_secret: str


@router.post("/change")
def change_callback_secret(user: InteractiveUser) -> CallbackSecretResponse:
    """Change the secret that signs the caller's callbacks. For a day, callbacks are signed with the old one, too.

    A second call within a minute does not change it again.
    """
    return CallbackSecretResponse(callback_secret=owner_secrets.replace_secret(user.id))


@router.options("/change", include_in_schema=False)
async def callback_secret_options(request: Request) -> Any:
    return allow(request)
