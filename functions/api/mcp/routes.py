"""MCP's own address (Model Context Protocol, Streamable HTTP): the same service, for language models that use tools.

Each request stands alone, whichever revision of the protocol it is of: there are no sessions, and so nothing to GET.
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
    """Answer one message of a client: JSON, or where progress is told, a stream."""
    from functions.api.mcp.transport import MessageResponse  # the SDK takes half a second to load

    http.state.asking = await find_caller(http)
    return MessageResponse()


@router.get(METADATA_PATH)
@router.get(f"{METADATA_PATH}/mcp")
async def get_protected_resource(http: Request) -> dict[str, Any]:
    """Say whose tokens are taken (RFC 9728)."""
    return describe_resource(http)


@router.options("/mcp")
async def mcp_options(http: Request) -> Any:
    return allow(http)


async def find_caller(http: Request) -> Principal | None:
    """Who asks; None is a guest. Raises HTTPException, by which clients find out how to sign in."""
    session_token, authorization = map(http.headers.get, ("x-session-token", "authorization"))
    try:
        asking = await find_principal(http, session_token, None, authorization)
    except Unauthorized as error:
        raise HTTPException(401, str(error), {"WWW-Authenticate": challenge(http, "invalid_token")}) from error
    if asking is None and not guests_are_allowed():
        raise HTTPException(401, "Sign in, or send an API key.", {"WWW-Authenticate": challenge(http)})
    return asking


def guests_are_allowed() -> bool:
    """Where jobs are private, who has no credential could not ask for a job that has been paid."""
    known = settings()
    return known.mcp_guests and known.credits_unregistered > 0 and not known.private_jobs
