"""By which names the service may be asked for, and on whose pages forms and scripts may change something.

A page of somebody's website whose name is made to lead to this machine (DNS rebinding) counts for browsers as one of
the service's own: the name gives it away. And some requests are sent for any page, though it can't read the answer.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from imgopt.settings import settings

ANY_HOST = "*"
# They change nothing (RFC 9110, 9.2.1).
SAFE = ("GET", "HEAD", "OPTIONS")
# RFC 9110, 15.5.20.
MISDIRECTED, FORBIDDEN_STATUS = 421, 403
NOT_BY_THAT_NAME = "The service is not to be found by that name. IMGOPT_ALLOWED_HOSTS lists those by which it is."
NOT_FROM_THERE = "Pages of that website may not ask for this. IMGOPT_CORS_ORIGINS lists those that may."


class KnownNames:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if scope["type"] == "http" and not is_known_host(scope, headers):
            await JSONResponse({"detail": NOT_BY_THAT_NAME}, MISDIRECTED)(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] not in SAFE and not is_known_page(headers):
            await JSONResponse({"detail": NOT_FROM_THERE}, FORBIDDEN_STATUS)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def is_known_host(scope: Scope, headers: Headers) -> bool:
    """API Gateway takes requests by its own names alone, whatever a client says."""
    allowed = settings().allowed_hosts
    return not allowed or "aws.event" in scope or all(host_name(host) in allowed for host in headers.getlist("host"))


def host_name(host: str) -> str:
    """Without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def is_known_page(headers: Headers) -> bool:
    """Programs name no page. Where all websites may ask, so may this one."""
    origin, allowed = headers.get("origin"), settings().cors_origins
    return origin is None or bool({ANY_HOST, origin} & set(allowed)) or is_own(origin, headers)


def is_own(origin: str, headers: Headers) -> bool:
    """Whether the page came from where this is sent to."""
    own = urlsplit(settings().public_url).netloc or headers.get("host", "")
    return origin.partition("://")[2] == own.lower()
