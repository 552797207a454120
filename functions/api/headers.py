"""Headers for browsers and caches on every answer, refusals included."""

import os
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imgopt.settings import settings

# A browser that asked once by HTTPS does so for a year (RFC 6797).
STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}
# An answer keeps a header that it has already: pages have a policy of their own. Whatever else is opened in a browser,
# such as an SVG, is in a sandbox: it has no scripts and no origin. An opener policy must not stand here: browsers take
# one beside a sandbox for a network error (HTML, 7.4.5). Pages that have no sandbox set their own.
FIXED_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Pages of other websites may embed these. What their scripts may read is decided by CORS, and not by this header.
SHOWN_ANYWHERE = ("/download/{job_id}", "/img/{path:path}", "/img/info/{path:path}")
# Answers say themselves how long they may be kept, those that do not are not kept.
KEPT_AS_TOLD = ("/img/{path:path}", "/img/info/{path:path}")
NO_STORE, DOCUMENTED = "no-store", "public, max-age=300"
FOREVER = "public, max-age=31536000, immutable"
# Routes whose answers caches may keep where they succeed, and streams, which proxies must not gather. All other answers
# have `NO_STORE`.
CACHE_CONTROL = {
    "/download/{job_id}": "private, max-age=3600",  # a result never changes; ETags and ranges need a cache
    "/status/stream": "no-store, no-transform",
    "/status/{job_id}/stream": "no-store, no-transform",
    "/config": DOCUMENTED,
    "/docs": DOCUMENTED,
    "/openapi.json": DOCUMENTED,
    "/static/{version}/{asset:path}": FOREVER,  # another version has another address
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
    if route not in KEPT_AS_TOLD or "Cache-Control" not in headers:
        headers["Cache-Control"] = CACHE_CONTROL.get(route, NO_STORE) if has_content else NO_STORE
    for name, value in headers_of_all(scope.get("scheme", "http")).items():
        headers.setdefault(name, value)


def headers_of_all(scheme: str) -> Mapping[str, str]:
    return {**FIXED_HEADERS, **STRICT_TRANSPORT} if is_public_by_https(scheme) else FIXED_HEADERS


def is_public_by_https(scheme: str) -> bool:
    """By the settings. On Lambda, API Gateway takes nothing else; otherwise as the request came in."""
    public_url = settings().public_url
    if public_url:
        return public_url.startswith("https://")
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ or scheme == "https"


def raw_headers(scheme: str) -> list[tuple[bytes, bytes]]:
    """For what answers below the application."""
    headers = {**headers_of_all(scheme), "Cache-Control": NO_STORE}
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
