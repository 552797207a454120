"""API keys, with which servers act for a user."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from functions.api.deps import CurrentUser, InteractiveUser
from functions.api.preflight import allow
from imgopt.accounts import api_keys
from imgopt.accounts.model import ApiKey, Credential, Principal
from imgopt.accounts.names import check_name
from imgopt.accounts.plans import Tier
from imgopt.credits.service import balance
from imgopt.errors import Unauthorized
from imgopt.imaging.options import IS_NUMBER

router = APIRouter(prefix="/api-keys", tags=["api-keys"])
Length = StringConstraints(strip_whitespace=True, min_length=1, max_length=100)
Name = Annotated[str, Length, AfterValidator(check_name)]


class ApiKeyRequest(BaseModel):
    """A new API key. It is valid for `expires_in_days`, or until it is revoked."""

    name: Name
    expires_in_days: Annotated[int, Field(ge=1, le=api_keys.MOST_DAYS), IS_NUMBER] | None = None


class ApiKeyResponse(BaseModel):
    """An API key without its secret part. The service stores only `prefix` and a hash."""

    id: UUID
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None = None
    expires_at: datetime | None = None


class NewApiKeyResponse(ApiKeyResponse):
    """A new API key. Only this answer contains the key itself."""

    key: str


class ApiKeysResponse(BaseModel):
    api_keys: list[ApiKeyResponse]


class DeletedKeyResponse(BaseModel):
    success: bool


class VerifiedKeyResponse(BaseModel):
    valid: bool
    tier: Tier
    credits_remaining: int


def find_key_holder(user: CurrentUser) -> Principal:
    if user.credential is not Credential.API_KEY:
        raise Unauthorized("The credential is not an API key: those begin with tfy_live_.")
    return user


@router.post("")
def create_api_key(user: InteractiveUser, request: ApiKeyRequest) -> NewApiKeyResponse:
    """Create an API key. It is shown in this answer and never again."""
    record, key = api_keys.create(user.id, request.name, request.expires_in_days)
    return NewApiKeyResponse(key=key, **present_key(record))


@router.get("")
def list_api_keys(user: InteractiveUser) -> ApiKeysResponse:
    """List the caller's API keys, the newest first."""
    return ApiKeysResponse(api_keys=[ApiKeyResponse(**present_key(each)) for each in api_keys.find_all(user.id)])


@router.get("/verify")
def verify_api_key(holder: Annotated[Principal, Depends(find_key_holder)]) -> VerifiedKeyResponse:
    """Check the API key of the `Authorization` header."""
    return VerifiedKeyResponse(valid=True, tier=holder.tier, credits_remaining=balance(holder).remaining)


@router.delete("/{key_id:uuid}")
def delete_api_key(user: InteractiveUser, key_id: UUID) -> DeletedKeyResponse:
    """Revoke an API key. It is no longer accepted."""
    api_keys.delete(user.id, key_id.hex)
    return DeletedKeyResponse(success=True)


@router.options("", include_in_schema=False)
@router.options("/verify", include_in_schema=False)
@router.options("/{key_id:uuid}", include_in_schema=False)
async def api_key_options(request: Request) -> Any:
    return allow(request)


def present_key(key: ApiKey) -> dict[str, Any]:
    return {
        "id": UUID(key.id),
        "name": key.name,
        "prefix": key.prefix,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "expires_at": key.ends_at,
    }
