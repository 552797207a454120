"""The public URL of the service. API Gateway adds the name of a stage to paths, which the application can't see."""

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

from imgopt.settings import settings

PORTS = {"http": 80, "https": 443}


def public_url(request: Request) -> str:
    """The public URL without a slash at its end: `IMGOPT_PUBLIC_URL`, or else that of the request."""
    if settings().public_url:
        return settings().public_url.rstrip("/")
    if "aws.event" in request.scope:
        return gateway_url(request.scope["aws.event"])
    return str(request.base_url).rstrip("/")


def origin(url: str) -> str:
    """The origin of a URL as browsers send it (RFC 6454, 6.2): in lower case, without the scheme's default port."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port not in (None, PORTS.get(parts.scheme)) else ''}"


def gateway_url(event: dict[str, Any]) -> str:
    """The public URL by the event of API Gateway."""
    return f"https://{event['requestContext']['domainName']}{gateway_paths(event)[0]}"


def gateway_paths(event: dict[str, Any]) -> tuple[str, str]:
    """Splits the path of the request in two: the part above the application, and the application's own part.

    The event's `path` lacks the stage. The context's path is that of the client, or of the proxy in front, which adds
    the stage. Both contain the prefix of a custom domain's mapping, and so does the public URL.
    """
    path, mapped = event["path"], urlsplit(settings().public_url).path.rstrip("/")
    own = path.removeprefix(mapped) if path.startswith(f"{mapped}/") else path
    is_behind_proxy = bool(settings().client_address_header and settings().public_url)
    return mapped if is_behind_proxy else event["requestContext"]["path"].removesuffix(own), own
