"""Checks of the headers `Host` and `Origin`: the service's host names, and websites whose pages may send requests.

Against DNS rebinding: a website can make its host name point to this machine, and browsers then treat its pages as the
service's own. The name in `Host` reveals it. Against cross-site requests: browsers send some requests for any page,
although the page can't read the answer.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from imgopt.settings import settings

ANY_HOST = "*"
# Safe methods, which change nothing (RFC 9110, 9.2.1).
SAFE = ("GET", "HEAD", "OPTIONS")
# RFC 9110, 15.5.20.
MISDIRECTED, FORBIDDEN_STATUS = 421, 403
HOST_NOT_ALLOWED = "The host name of this request is not allowed. IMGOPT_ALLOWED_HOSTS lists the allowed ones."
ORIGIN_NOT_ALLOWED = "Pages of this website may not send this request. IMGOPT_CORS_ORIGINS lists those that may."


class HostCheck:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if scope["type"] == "http" and not is_known_host(scope, headers):
            await JSONResponse({"detail": HOST_NOT_ALLOWED}, MISDIRECTED)(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] not in SAFE and not is_known_page(headers):
            await JSONResponse({"detail": ORIGIN_NOT_ALLOWED}, FORBIDDEN_STATUS)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def is_known_host(scope: Scope, headers: Headers) -> bool:
    """Whether the host name is allowed. On Lambda it always is: API Gateway accepts only its own names."""
    allowed = settings().allowed_hosts
    return not allowed or "aws.event" in scope or all(host_name(host) in allowed for host in headers.getlist("host"))


def host_name(host: str) -> str:
    """The host name without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def is_known_page(headers: Headers) -> bool:
    """Whether the page that sent the request may do so. Programs, which send no `Origin`, always may."""
    origin, allowed = headers.get("origin"), settings().cors_origins
    return origin is None or bool({ANY_HOST, origin} & set(allowed)) or is_own(origin, headers)


def is_own(origin: str, headers: Headers) -> bool:
    """Whether the page has the same origin as the request."""
    own = urlsplit(settings().public_url).netloc or headers.get("host", "")
    return origin.partition("://")[2] == own.lower()
