"""Headers for browsers and caches. Every answer has them, errors included."""

import os
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imgopt.settings import settings

# A browser that has once used HTTPS uses it for a year (RFC 6797).
STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}
# A header that an answer already has is kept: pages set a policy of their own. Other content that is opened in a
# browser, such as an SVG, gets a sandbox: it has no scripts and no origin. `Cross-Origin-Opener-Policy` must not be
# here: beside a sandbox browsers answer it with a network error (HTML, 7.4.5). Pages without a sandbox set it.
FIXED_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Other websites may embed these. CORS decides what their scripts may read, not this header.
SHOWN_ANYWHERE = ("/download/{job_id}", "/img/{path:path}", "/img/info/{path:path}")
# Routes that set `Cache-Control` themselves. Their answers without it are not cached.
OWN_CACHE_CONTROL = ("/img/{path:path}", "/img/info/{path:path}")
NO_STORE, DOCUMENTED = "no-store", "public, max-age=300"
FOREVER = "public, max-age=31536000, immutable"
# Routes whose successful answers may be cached, and streams, which proxies must not buffer. All other answers have
# `NO_STORE`.
CACHE_CONTROL = {
    "/download/{job_id}": "private, max-age=3600",  # a result never changes; browsers keep it for ETags and ranges
    "/status/stream": "no-store, no-transform",
    "/status/{job_id}/stream": "no-store, no-transform",
    "/config": DOCUMENTED,
    "/docs": DOCUMENTED,
    "/openapi.json": DOCUMENTED,
    "/static/{version}/{asset:path}": FOREVER,  # each version has its own URL
}
SUCCEEDED = (200, 206, 304)


class AnswerHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message), scope, message["status"])
            await send(message)

        await self.app(scope, receive, send_with_headers)


def add_headers(headers: MutableHeaders, scope: Scope, status: int) -> None:
    route = str(getattr(scope.get("route"), "path", scope["path"]))
    if route in SHOWN_ANYWHERE:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    has_content = status in SUCCEEDED and scope["method"] in ("GET", "HEAD")
    if route not in OWN_CACHE_CONTROL or "Cache-Control" not in headers:
        headers["Cache-Control"] = CACHE_CONTROL.get(route, NO_STORE) if has_content else NO_STORE
    for name, value in headers_of_all(scope.get("scheme", "http")).items():
        headers.setdefault(name, value)


def headers_of_all(scheme: str) -> Mapping[str, str]:
    return {**FIXED_HEADERS, **STRICT_TRANSPORT} if is_public_by_https(scheme) else FIXED_HEADERS


def is_public_by_https(scheme: str) -> bool:
    """Whether clients use HTTPS: by `IMGOPT_PUBLIC_URL`, else always on API Gateway, else by the request's scheme."""
    public_url = settings().public_url
    if public_url:
        return public_url.startswith("https://")
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ or scheme == "https"


def raw_headers(scheme: str) -> list[tuple[bytes, bytes]]:
    """The headers of answers that do not come from the application, as ASGI has them."""
    headers = {**headers_of_all(scheme), "Cache-Control": NO_STORE}
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
