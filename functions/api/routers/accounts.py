"""Usage and device login."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query

from imgopt.errors import NotAvailable

router = APIRouter()
USAGE, DEVICES = ["usage", "usage"], ["mcp-auth", "mcp-auth"]
UNAVAILABLE = "Accounts are not available in this version: requests are served as guests."


@router.get("/usage/history", tags=USAGE)
def get_usage_history(days: Annotated[int, Query(ge=1, le=90)] = 30) -> dict[str, Any]:
    """Get processing history for authenticated user.

    Returns aggregated daily usage for the past N days.
    """
    raise NotAvailable(UNAVAILABLE)


@router.get("/usage/summary", tags=USAGE)
def get_usage_summary() -> dict[str, Any]:
    """Get current usage summary (credits remaining, tier info)."""
    raise NotAvailable(UNAVAILABLE)


@router.post("/mcp/auth/device-code", tags=DEVICES)
def device_code_endpoint() -> Any:
    """Generate a device code for MCP login. No auth required.
    Rate limit: 10/hour per IP.
    """
    raise NotAvailable(UNAVAILABLE)


@router.get("/mcp/auth/token", tags=DEVICES)
def token_endpoint(device_code: str) -> Any:
    """Poll for mcp_token approval status. Called by MCP server during login.
    Rate limit: 20/minute per device_code.
    """
    raise NotAvailable(UNAVAILABLE)


@router.post("/mcp/auth/approve", tags=DEVICES)
def approve_endpoint() -> Any:
    """Called by web app when user clicks Approve. Requires authenticated user.
    Rate limit: 10/hour per IP.
    """
    raise NotAvailable(UNAVAILABLE)


@router.post("/mcp/auth/deny", tags=DEVICES)
def deny_endpoint() -> Any:
    """Called by web app when user clicks Deny. Requires authenticated user."""
    raise NotAvailable(UNAVAILABLE)


@router.post("/mcp/auth/revoke", tags=DEVICES)
def revoke_endpoint(authorization: Annotated[str | None, Header()] = None) -> Any:
    """Revoke an MCP token (logout). Token sent in Authorization header."""
    raise NotAvailable(UNAVAILABLE)


@router.get("/mcp/auth/status", tags=DEVICES)
def status_endpoint(
    authorization: Annotated[str | None, Header()] = None,
    x_session_token: Annotated[str | None, Header()] = None,
) -> Any:
    """Get account status. Accepts MCP token or session token."""
    raise NotAvailable(UNAVAILABLE)
