"""Limits on the size of request bodies. A body that is too large is refused before anything is parsed or stored."""

from dataclasses import dataclass

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.problems import problem_response
from imgopt.files.sizes import megabytes
from imgopt.settings import settings
from imgopt.units import MEBIBYTE

# Routes whose body is a file.
FILE_PATHS = ("/upload", "/shrink")
# A form has part headers and boundaries besides the file.
MULTIPART_OVERHEAD = MEBIBYTE // 16
OTHER_UPLOADS = " Upload files of up to {} with POST /upload/presign, or from a URL with POST /upload/url."


@dataclass(frozen=True)
class Limit:
    """A limit in bytes. `alternative` is a sentence of the error message that names another route."""

    bytes: int
    alternative: str = ""


class BodyLimit:
    """Middleware that answers 413 to bodies over the limit, by `Content-Length`, or else by the bytes received."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = body_limit(scope["path"])
        if announced_length(scope) > limit.bytes + MULTIPART_OVERHEAD:
            await refuse_body(scope, limit)(scope, receive, send)
            return
        await self._count(limit, scope, receive, send)

    async def _count(self, limit: Limit, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0

        def is_over() -> bool:
            return received > limit.bytes + MULTIPART_OVERHEAD

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
            await refuse_body(scope, limit)(scope, receive, send)


def body_limit(path: str) -> Limit:
    config = settings()
    if path not in FILE_PATHS:
        return Limit(config.max_json_bytes)
    if config.max_multipart_bytes < config.max_upload_bytes:
        return Limit(config.max_multipart_bytes, OTHER_UPLOADS.format(megabytes(config.max_upload_bytes)))
    return Limit(config.max_upload_bytes)


def announced_length(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


def refuse_body(scope: Scope, limit: Limit) -> JSONResponse:
    return problem_response(scope, 413, f"Request too large. The limit is {megabytes(limit.bytes)}.{limit.alternative}")
