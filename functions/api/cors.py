"""Which websites' scripts may call the API: any by default, since its credentials are in headers, never in cookies."""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from imgopt.settings import settings

METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
ASKED = (
    *("Authorization", "Content-Type", "Idempotency-Key", "X-Session-Token"),
    *("If-None-Match", "If-Range", "Last-Event-ID", "Range"),
)
SHOWN = (
    *("Accept-Ranges", "Content-Disposition", "Content-Length", "Content-Range", "ETag", "Location", "Retry-After"),
    *("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
)
# The longest time for which browsers keep the answer to a preflight.
PREFLIGHT_SECONDS = 7200


def add_cors(app: FastAPI) -> None:
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings().cors_origins),
        allow_methods=list(METHODS),
        allow_headers=list(ASKED),
        expose_headers=list(SHOWN),
        max_age=PREFLIGHT_SECONDS,
    )
