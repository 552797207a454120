"""How clients find out who signs users in (RFC 9728): the address of a description, in the refusal (RFC 6750, 3)."""

from typing import Any

from starlette.requests import Request

from functions.api.locations import public_url
from imgopt.errors import NotFound
from imgopt.settings import settings


def describe_resource(http: Request) -> dict[str, Any]:
    """Raises NotFound where nobody signs users in: then there are API keys at most."""
    known = settings()
    if not known.oidc_issuer:
        raise NotFound("Signing in is not set up.")
    return {
        "resource": f"{public_url(http)}/mcp",
        "authorization_servers": [known.oidc_issuer],
        "bearer_methods_supported": ["header"],
        **({"scopes_supported": [known.oidc_scope]} if known.oidc_scope else {}),
    }


def challenge(http: Request, error: str = "") -> str:
    """The value of WWW-Authenticate."""
    told = {"error": error} if error else {}
    if settings().oidc_issuer:
        told["resource_metadata"] = f"{public_url(http)}/.well-known/oauth-protected-resource/mcp"
    parameters = ", ".join(f'{name}="{value}"' for name, value in told.items())
    return f"Bearer {parameters}".rstrip()
