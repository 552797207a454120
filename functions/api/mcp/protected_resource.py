"""Lets clients find the OIDC issuer (RFC 9728): a 401 contains the URL of a description (RFC 6750, 3)."""

from typing import Any

from starlette.requests import Request

from functions.api.locations import public_url
from imgopt.accounts import issuer
from imgopt.errors import NotFound
from imgopt.settings import settings


def describe_resource(http: Request) -> dict[str, Any]:
    """The description. Raises NotFound without an issuer that clients can use; then they need API keys."""
    if not has_issuer_to_find():
        raise NotFound("MCP clients can't sign users in here. Send an API key as a bearer token.")
    config = settings()
    return {
        "resource": f"{public_url(http)}/mcp",
        "authorization_servers": [config.oidc_issuer],
        "bearer_methods_supported": ["header"],
        **({"scopes_supported": [config.oidc_scope]} if config.oidc_scope else {}),
    }


def has_issuer_to_find() -> bool:
    """Whether clients can find the issuer's configuration, of which they know only the issuer's URL."""
    found = settings().oidc_issuer
    return bool(found) and issuer.configuration_url(found) == issuer.published_url(found)


def challenge(http: Request, error: str = "") -> str:
    """The value of the header WWW-Authenticate."""
    fields = {"error": error} if error else {}
    if has_issuer_to_find():
        fields["resource_metadata"] = f"{public_url(http)}/.well-known/oauth-protected-resource/mcp"
    parameters = ", ".join(f'{name}="{value}"' for name, value in fields.items())
    return f"Bearer {parameters}".rstrip()
