"""CORS: which websites' scripts may call the API. By default all may, as its credentials are never in cookies."""

from collections.abc import Collection

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from imgopt.settings import settings

METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
ALLOWED_HEADERS = (
    *("Authorization", "Content-Type", "Idempotency-Key", "X-Session-Token"),
    *("If-None-Match", "If-Range", "Last-Event-ID", "Range"),
    *("Mcp-Method", "Mcp-Name", "MCP-Protocol-Version"),
    "Payment-Signature",
)
EXPOSED_HEADERS = (
    *("Accept-Ranges", "Content-Disposition", "Content-Length", "Content-Range", "ETag", "Location", "Retry-After"),
    *("WWW-Authenticate", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
    *("Payment-Required", "Payment-Response"),
)
# The longest time in seconds for which browsers cache the answer to a preflight.
PREFLIGHT_SECONDS = 7200


# Image URLs set their CORS headers themselves.
IMAGES_PREFIX = "/img/"


class ApiCors(CORSMiddleware):
    """CORS for all routes except image URLs and the service's own pages, which have a cookie."""

    def __init__(self, app: ASGIApp, *, pages: Collection[str]) -> None:
        super().__init__(
            app,
            allow_origins=list(settings().cors_origins),
            allow_methods=list(METHODS),
            allow_headers=list(ALLOWED_HEADERS),
            expose_headers=list(EXPOSED_HEADERS),
            max_age=PREFLIGHT_SECONDS,
        )
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_left_out = scope["type"] == "http" and self._leaves_out(scope["path"])
        await (self.app if is_left_out else super().__call__)(scope, receive, send)

    def _leaves_out(self, path: str) -> bool:
        return path in self._pages or path.startswith(IMAGES_PREFIX)


def add_cors(app: FastAPI, *, pages: Collection[str]) -> None:
    app.add_middleware(ApiCors, pages=pages)
