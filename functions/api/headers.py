"""What each answer tells browsers and caches: no answer leaves without it, also none that is a refusal."""

import os
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imgopt.settings import settings

# A browser that asked once by HTTPS does so for a year (RFC 6797).
STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}
# An answer that says otherwise keeps what it says: pages have a policy of their own. Whatever is opened in a browser
# without being a page, such as an SVG, is in a sandbox: no scripts, and no origin. Nothing here may name an opener
# policy: beside a sandbox that is a network error (HTML, 7.4.5), so that pages without one name theirs.
ALWAYS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Pages of others may show them. What scripts of others may read, CORS decides, and this header says nothing about.
SHOWN_ANYWHERE = ("/download/{job_id}",)
NO_STORE, DOCUMENTED = "no-store", "public, max-age=300"
# All routes whose answers may be kept, where they succeed, or must not be gathered on their way. No others may.
CACHE_CONTROL = {
    "/download/{job_id}": "private, max-age=3600",  # a result never changes; ETags and ranges need a cache
    "/status/stream": "no-store, no-transform",
    "/status/{job_id}/stream": "no-store, no-transform",
    "/config": DOCUMENTED,
    "/docs": DOCUMENTED,
    "/openapi.json": DOCUMENTED,
}
SUCCEEDED = (200, 206, 304)


class AnswerHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                complete(MutableHeaders(scope=message), scope, message["status"])
            await send(message)

        await self.app(scope, receive, told)


def complete(headers: MutableHeaders, scope: Scope, status: int) -> None:
    route = getattr(scope.get("route"), "path", scope["path"])
    if route in SHOWN_ANYWHERE:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    has_content = status in SUCCEEDED and scope["method"] in ("GET", "HEAD")
    headers["Cache-Control"] = CACHE_CONTROL.get(route, NO_STORE) if has_content else NO_STORE
    for name, value in headers_of_all(scope.get("scheme", "http")).items():
        headers.setdefault(name, value)


def headers_of_all(scheme: str) -> Mapping[str, str]:
    return {**ALWAYS, **STRICT_TRANSPORT} if is_public_by_https(scheme) else ALWAYS


def is_public_by_https(scheme: str) -> bool:
    """By the settings. On Lambda, API Gateway takes nothing else; otherwise as the request came in."""
    public_url = settings().public_url
    if public_url:
        return public_url.startswith("https://")
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ or scheme == "https"


def raw_headers(scheme: str) -> list[tuple[bytes, bytes]]:
    """For what answers below the application."""
    told = {**headers_of_all(scheme), "Cache-Control": NO_STORE}
    return [(name.lower().encode(), value.encode()) for name, value in told.items()]
