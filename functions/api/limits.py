"""Bodies over the limit are refused while they arrive, before anything is parsed or kept."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imgopt.settings import MEBIBYTE, settings

UPLOAD_PATH = "/upload"
# Part headers and boundaries come on top of a file.
MULTIPART_OVERHEAD = MEBIBYTE // 16


class BodyLimit:
    """Answers 413 by the announced length where there is one, by the bytes received otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = body_limit(scope["path"])
        if announced_length(scope) > limit + MULTIPART_OVERHEAD:
            await refuse(limit)(scope, receive, send)
            return
        await self._count(limit, scope, receive, send)

    async def _count(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0

        def is_over() -> bool:
            return received > limit + MULTIPART_OVERHEAD

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return {"type": "http.disconnect"} if is_over() else message

        async def unless_refused(message: Message) -> None:
            if not is_over():
                await send(message)

        await self.app(scope, counted, unless_refused)
        if is_over():
            await refuse(limit)(scope, receive, send)


def body_limit(path: str) -> int:
    known = settings()
    return known.max_upload_bytes if path == UPLOAD_PATH else known.max_json_bytes


def announced_length(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


def refuse(limit: int) -> JSONResponse:
    return JSONResponse({"detail": f"Request too large. At most {limit / MEBIBYTE:.3g} MB are accepted."}, 413)
