"""One log line per request: method, route, status, time and principal. Routes are templates; queries are left out."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imgopt.telemetry import logger


class RequestLog:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, began = 500, time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            log_request(scope, status, time.perf_counter() - began)


def log_request(scope: Scope, status: int, seconds: float) -> None:
    logger.info("request", extra={**describe_request(scope), "status": status, "milliseconds": round(seconds * 1000)})


def describe_request(scope: Scope) -> dict[str, object]:
    """The fields of a request's log line: the ids in its path, but not keys, and the principal."""
    ids = {name: value for name, value in scope.get("path_params", {}).items() if name.endswith("_id")}
    return {
        "method": scope["method"],
        "route": getattr(scope.get("route"), "path", "unknown"),
        "owner": scope.get("state", {}).get("owner"),
        **ids,
    }
