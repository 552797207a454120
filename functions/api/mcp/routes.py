"""The endpoint of MCP (Model Context Protocol, Streamable HTTP): the service as tools for language models.

Requests are independent in all revisions of the protocol. There are no sessions, and so GET is not supported.
"""

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from functions.api.deps import find_principal
from functions.api.mcp.protected_resource import challenge, describe_resource
from functions.api.preflight import allow
from imgopt.accounts.model import Principal
from imgopt.errors import Unauthorized
from imgopt.settings import settings

router = APIRouter(include_in_schema=False)
METADATA_PATH = "/.well-known/oauth-protected-resource"


@router.post("/mcp")
async def answer_message(http: Request) -> Response:
    """Answer one message of a client: with JSON, or with a stream if progress is reported."""
    from functions.api.mcp.transport import MessageResponse  # loading the SDK takes half a second

    http.state.principal = await find_caller(http)
    return MessageResponse()


@router.get(METADATA_PATH)
@router.get(f"{METADATA_PATH}/mcp")
async def get_protected_resource(http: Request) -> dict[str, Any]:
    """Tell whose tokens are accepted (RFC 9728)."""
    return describe_resource(http)


@router.options("/mcp")
async def mcp_options(http: Request) -> Any:
    return allow(http)


async def find_caller(http: Request) -> Principal | None:
    """The caller; None for a new guest. Raises HTTPException 401, which tells clients how to sign in."""
    session_token, authorization = map(http.headers.get, ("x-session-token", "authorization"))
    try:
        principal = await find_principal(http, session_token, None, authorization)
    except Unauthorized as error:
        raise HTTPException(401, str(error), {"WWW-Authenticate": challenge(http, "invalid_token")}) from error
    if principal is None and not guests_are_allowed():
        raise HTTPException(401, "Sign in, or send an API key.", {"WWW-Authenticate": challenge(http)})
    return principal


def guests_are_allowed() -> bool:
    """Whether callers without a credential are allowed. They are not if jobs are private: they could not see theirs."""
    config = settings()
    return config.mcp_guests and config.credits_unregistered > 0 and not config.private_jobs
