"""Where browsers find the service. API Gateway serves it below the name of a stage, which the application can't see."""

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

from imgopt.settings import settings

PORTS = {"http": 80, "https": 443}


def public_url(request: Request) -> str:
    """Without a slash at its end. By the settings, else as the request came in."""
    if settings().public_url:
        return settings().public_url.rstrip("/")
    if "aws.event" in request.scope:
        return gateway_url(request.scope["aws.event"])
    return str(request.base_url).rstrip("/")


def origin(url: str) -> str:
    """As browsers name where a form comes from (RFC 6454, 6.2): in small letters, without the scheme's own port."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port not in (None, PORTS.get(parts.scheme)) else ''}"


def gateway_url(event: dict[str, Any]) -> str:
    """By API Gateway's own account of the request."""
    return f"https://{event['requestContext']['domainName']}{gateway_paths(event)[0]}"


def gateway_paths(event: dict[str, Any]) -> tuple[str, str]:
    """Of the path that the client asked for: the part above the application, and the application's own.

    `path` lacks the stage; that of the context is the client's, or that of the proxy in front, which adds the stage.
    What a custom domain's mapping puts above stands in both, and in the public address.
    """
    path, mapped = event["path"], urlsplit(settings().public_url).path.rstrip("/")
    own = path.removeprefix(mapped) if path.startswith(f"{mapped}/") else path
    is_behind_proxy = bool(settings().client_address_header and settings().public_url)
    return mapped if is_behind_proxy else event["requestContext"]["path"].removesuffix(own), own
