"""How clients find out who signs users in (RFC 9728): the address of a description, in the refusal (RFC 6750, 3)."""

from typing import Any

from starlette.requests import Request

from functions.api.locations import public_url
from imgopt.accounts import issuer
from imgopt.errors import NotFound
from imgopt.settings import settings


def describe_resource(http: Request) -> dict[str, Any]:
    """Raises NotFound where there is nobody with whom clients can sign users in: then there are API keys at most."""
    if not has_issuer_to_find():
        raise NotFound("Signing in is not set up for clients of MCP.")
    known = settings()
    return {
        "resource": f"{public_url(http)}/mcp",
        "authorization_servers": [known.oidc_issuer],
        "bearer_methods_supported": ["header"],
        **({"scopes_supported": [known.oidc_scope]} if known.oidc_scope else {}),
    }


def has_issuer_to_find() -> bool:
    """Clients know the issuer's address and no more: one whose configuration is elsewhere leads them nowhere."""
    found = settings().oidc_issuer
    return bool(found) and issuer.configuration_url(found) == issuer.published_url(found)


def challenge(http: Request, error: str = "") -> str:
    """The value of WWW-Authenticate."""
    told = {"error": error} if error else {}
    if has_issuer_to_find():
        told["resource_metadata"] = f"{public_url(http)}/.well-known/oauth-protected-resource/mcp"
    parameters = ", ".join(f'{name}="{value}"' for name, value in told.items())
    return f"Bearer {parameters}".rstrip()
