"""Device login: a program shows a code, and its user approves it in a browser."""

import json
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Request
from starlette.requests import ClientDisconnect

from functions.api.addresses import find_client
from functions.api.deps import InteractiveUser, identify
from functions.api.locations import public_url
from functions.api.rate_limit import limit
from imgopt import authentication, clock
from imgopt.accounts.model import Principal
from imgopt.accounts.plans import Tier, plan_of
from imgopt.credits.model import Balance
from imgopt.credits.periods import day_of
from imgopt.credits.service import balance
from imgopt.devices import service as devices
from imgopt.devices import tokens
from imgopt.errors import AccountBlocked, InvalidSignature, Unauthorized

router = APIRouter(prefix="/mcp/auth")
TAGS: list[str | Enum] = ["mcp-auth", "mcp-auth"]
CODE_NAMES = ("user_code", "code")
APPROVAL_PAGE = "/mcp/authorize"
# The body in the served document, which generated clients send.
CODE_SCHEMA = {
    "type": "object",
    "properties": {"user_code": {"type": "string", "description": "The code that the program shows to its user."}},
    "required": ["user_code"],
    "examples": [{"user_code": "TINI-2345-6789"}],
}
CODE_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": CODE_SCHEMA}}}}


@router.post("/device-code", tags=TAGS, dependencies=[limit("device-code")])
def device_code_endpoint(request: Request) -> Any:
    """Generate a device code for MCP login. No auth required.
    Rate limit: 10/hour per IP.
    """
    address = find_client(request)
    code, secret = devices.request_code(str(address or ""), request.headers.get("user-agent", ""))
    return {
        "device_code": secret,
        "user_code": code.user_code,
        "verify_url": public_url(request) + APPROVAL_PAGE,
        "expires_in": int(devices.LIFETIME.total_seconds()),
        "interval": devices.INTERVAL_SECONDS,
    }


@router.get("/token", tags=TAGS, dependencies=[limit("polls-by-address"), limit("token-poll")])
def token_endpoint(device_code: str) -> Any:
    """Poll for mcp_token approval status. Called by MCP server during login.
    Rate limit: 30/minute per device_code.
    """
    grant = devices.poll(device_code)
    answer: dict[str, Any] = {"status": grant.answer.value}
    if grant.token and grant.principal and grant.balance:
        user = {"email": grant.principal.email, **present_device_code(grant.balance)}
        answer |= {"mcp_token": grant.token, "user": user}
    return answer


async def user_code_of(request: Request) -> str:
    """The user code, from the query or from a JSON object, as the contract does not say which.

    Raises InvalidSignature, which is answered with 400, if there is none.
    """
    try:
        body = await request.body()
    except ClientDisconnect:
        raise HTTPException(400, "There was an error reading the body") from None
    for given in (request.query_params, read_object(body)):
        for name in CODE_NAMES:
            if isinstance(given.get(name), str):
                return str(given[name])
    raise InvalidSignature('The code is missing. Send it as JSON: {"user_code": "TINI-…"}.')


def read_object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        raise InvalidSignature("The body is not JSON.") from None
    return found if isinstance(found, dict) else {}


UserCode = Annotated[str, Depends(user_code_of)]


@router.post("/approve", tags=TAGS, dependencies=[limit("approve")], openapi_extra=CODE_BODY)
def approve_endpoint(user: InteractiveUser, user_code: UserCode) -> Any:
    """Called by web app when user clicks Approve. Requires authenticated user.
    Rate limit: 10/hour per IP.
    """
    devices.approve(user_code, user.id)
    return {"success": True, "status": "approved"}


@router.post("/deny", tags=TAGS, openapi_extra=CODE_BODY)
def deny_endpoint(user: InteractiveUser, user_code: UserCode) -> Any:
    """Called by web app when user clicks Deny. Requires authenticated user."""
    devices.deny(user_code, user.id)
    return {"success": True, "status": "denied"}


@router.post("/revoke", tags=TAGS)
def revoke_endpoint(authorization: Annotated[str | None, Header()] = None) -> Any:
    """Revoke an MCP token (logout). Token sent in Authorization header."""
    tokens.revoke(authentication.bearer_token(authorization or ""))
    return {"success": True}


async def find_valid_principal(
    request: Request,
    authorization: Annotated[str | None, Header()] = None,
    x_session_token: Annotated[str | None, Header()] = None,
) -> Principal | None:
    try:
        return await identify(request)
    except (Unauthorized, AccountBlocked):
        return None


@router.get("/status", tags=TAGS)
def status_endpoint(request: Request, known: Annotated[Principal | None, Depends(find_valid_principal)]) -> Any:
    """Get account status. Accepts MCP token or session token.

    A caller without a valid credential gets the credits of a new guest.
    """
    request.state.owner = known.id if known else None
    is_user = known is not None and not known.is_guest
    email = {"email": known.email} if known and known.email else {}
    return {"logged_in": is_user, **email, **present_device_code(balance(known) if known else balance_of_new_guest())}


def balance_of_new_guest() -> Balance:
    return Balance(Tier.UNREGISTERED, day_of(clock.now()), plan_of(Tier.UNREGISTERED).credits, used=0)


def present_device_code(found: Balance) -> dict[str, Any]:
    return {
        "tier": found.tier.value,
        "credits_remaining": found.remaining,
        "credits_limit": found.limit,
        "credits_reset_at": found.resets_at.isoformat(),
    }
