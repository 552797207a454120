"""Downloads with signed URLs in parts. The emulator itself keeps a whole file in memory until the client has it."""

import asyncio
import re
from typing import Any

PART_BYTES = 1024 * 1024
# The bytes that are passed to the server at once. It waits until the client has received most of them.
SLICE_BYTES = 128 * 1024
CONTENT_RANGE = re.compile(rb"bytes \d+-\d+/(\d+)")
REPLACED = (b"content-length", b"content-range")


class PartAnswer:
    """The emulator's answer to a request for a part."""

    def __init__(self) -> None:
        self.status, self.body = 0, b""
        self.headers: list[tuple[bytes, bytes]] = []

    async def take(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message["headers"]
        else:
            self.body += message.get("body", b"")

    def header(self, name: bytes) -> bytes:
        return next((value for each, value in self.headers if each.lower() == name), b"")

    def total(self) -> int | None:
        """The size of the whole file in bytes, if this is a part of it."""
        found = CONTENT_RANGE.fullmatch(self.header(b"content-range"))
        return int(found[1]) if found and self.status == 206 else None


class DownloadsInParts:
    """ASGI middleware. Range requests are passed on unchanged: the service requests small parts itself."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not is_signed_download(scope):
            await self.app(scope, receive, send)
            return
        first = await self._ask(scope, 0)
        total = first.total()
        if total is None:  # the file is empty or missing
            await self.app(scope, receive, send)
            return
        kept = [each for each in first.headers if each[0].lower() not in REPLACED]
        length = (b"content-length", str(total).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*kept, length]})
        leaving = asyncio.create_task(wait_for_disconnect(receive))
        try:
            await self._send_all(scope, first, total, send, leaving)
        finally:
            leaving.cancel()

    async def _send_all(
        self, scope: Any, answer: PartAnswer, total: int, send: Any, leaving: asyncio.Task[None]
    ) -> None:
        sent, version = 0, answer.header(b"etag")
        while answer.total() == total:
            sent += len(answer.body)
            for first in range(0, len(answer.body), SLICE_BYTES):
                body = answer.body[first : first + SLICE_BYTES]
                await send({"type": "http.response.body", "body": body, "more_body": True})
                await asyncio.sleep(0)  # lets the task run that notices a disconnect
                if leaving.done():
                    return
            if sent >= total:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            answer = await self._ask(scope, sent, version)
        raise RuntimeError("The file was replaced or removed while it was sent.")

    async def _ask(self, scope: Any, first: int, version: bytes | None = None) -> PartAnswer:
        wanted = [(b"range", b"bytes=%d-%d" % (first, first + PART_BYTES - 1))]
        same = [(b"if-match", version)] if version else []
        answer = PartAnswer()
        await self.app({**scope, "headers": [*scope["headers"], *wanted, *same]}, receive_no_body, answer.take)
        return answer


def is_signed_download(scope: Any) -> bool:
    """Whether a request downloads a whole file with a signed URL."""
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and b"X-Amz-Signature=" in scope["query_string"]
        and not any(name.lower() in (b"range", b"if-match", b"if-none-match") for name, _ in scope["headers"])
    )


async def wait_for_disconnect(receive: Any) -> None:
    """Waits until the client disconnects. The server tells this only here; it accepts data for gone clients."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def receive_no_body() -> Any:
    """The ASGI `receive` of a request without a body."""
    return {"type": "http.request", "body": b"", "more_body": False}
