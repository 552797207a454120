"""Downloads with signed URLs in parts. The emulator itself keeps a whole file in memory until the client has it."""

import asyncio
import re
from typing import Any

PART_BYTES = 1024 * 1024
# The bytes that are passed to the server at once. It waits until the client has received most of them.
SLICE_BYTES = 128 * 1024
CONTENT_RANGE = re.compile(rb"bytes \d+-\d+/(\d+)")
ASKED_RANGE = re.compile(rb"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")
REPLACED = (b"content-length", b"content-range")
# Headers that later requests for parts don't repeat: the client's range, and what only the first answer depends on.
RANGE_HEADER, IF_RANGE_HEADER = b"range", b"if-range"
CONDITIONS = (b"if-match", b"if-none-match", b"if-modified-since", b"if-unmodified-since")


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
    """ASGI middleware. Requests with other signatures are passed on unchanged: the service requests small parts itself.

    With the current version in `If-Range`, `Range` applies. Otherwise, or with a date, the client gets the whole file.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not is_signed_download(scope):
            await self.app(scope, receive, send)
            return
        first = await self._ask(scope, 0)
        total = first.total()
        wanted = range_asked(scope, total, first.header(b"etag")) if total is not None else None
        if total is None or wanted == range(0):  # an empty file, none, or none of its bytes
            await self.app(scope, receive, send)
            return
        await send(start_of(first, total, wanted))
        leaving = asyncio.create_task(wait_for_disconnect(receive))
        try:
            await self._send_all(scope, first, wanted or range(total), send, leaving)
        finally:
            leaving.cancel()

    async def _send_all(
        self, scope: Any, first: PartAnswer, wanted: range, send: Any, leaving: asyncio.Task[None]
    ) -> None:
        version, total, place = first.header(b"etag"), first.total(), wanted.start
        answer, begins = first, 0
        while place < wanted.stop:
            if not begins <= place < begins + len(answer.body):
                answer, begins = await self._ask(scope, place, version), place
            if answer.total() != total:
                raise RuntimeError("The file was replaced or removed while it was sent.")
            part = answer.body[place - begins : wanted.stop - begins]
            for start in range(0, len(part), SLICE_BYTES):
                body = part[start : start + SLICE_BYTES]
                await send({"type": "http.response.body", "body": body, "more_body": True})
                await asyncio.sleep(0)  # lets the task run that notices a disconnect
                if leaving.done():
                    return
            place += len(part)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _ask(self, scope: Any, first: int, version: bytes | None = None) -> PartAnswer:
        dropped = (RANGE_HEADER, IF_RANGE_HEADER, *(CONDITIONS if version else ()))
        kept = [each for each in scope["headers"] if each[0].lower() not in dropped]
        wanted = [(RANGE_HEADER, b"bytes=%d-%d" % (first, first + PART_BYTES - 1))]
        same = [(b"if-match", version)] if version else []
        answer = PartAnswer()
        await self.app({**scope, "headers": [*kept, *wanted, *same]}, receive_no_body, answer.take)
        return answer


def range_asked(scope: Any, total: int, version: bytes) -> range | None:
    """The bytes that a client asks for, of a file of `total` bytes. None if it asks for all, not for one range, or for
    a range of another version.
    """
    headers = {name.lower(): value for name, value in scope["headers"]}
    found = ASKED_RANGE.fullmatch(headers.get(RANGE_HEADER, b""))
    if not found or headers.get(IF_RANGE_HEADER, version) != version:
        return None
    first, last, rest = found.groups()
    if rest is not None:
        return range(max(0, total - int(rest)), total) if int(rest) else range(0)
    if last and int(last) < int(first):
        return None
    stop = min(int(last) + 1, total) if last else total
    return range(int(first), stop) if int(first) < total else range(0)


def start_of(answer: PartAnswer, total: int, wanted: range | None) -> Any:
    """The start of the answer, by that to the request for the first part. `wanted` is None for the whole file."""
    kept = [each for each in answer.headers if each[0].lower() not in REPLACED]
    length = (b"content-length", b"%d" % len(range(total) if wanted is None else wanted))
    if wanted is None:
        return {"type": "http.response.start", "status": 200, "headers": [*kept, length]}
    place = (b"content-range", b"bytes %d-%d/%d" % (wanted.start, wanted.stop - 1, total))
    return {"type": "http.response.start", "status": 206, "headers": [*kept, length, place]}


def is_signed_download(scope: Any) -> bool:
    """Whether a request downloads a file with a signed URL."""
    return scope["type"] == "http" and scope["method"] == "GET" and b"X-Amz-Signature=" in scope["query_string"]


async def wait_for_disconnect(receive: Any) -> None:
    """Waits until the client disconnects. The server tells this only here; it accepts data for gone clients."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def receive_no_body() -> Any:
    """The ASGI `receive` of a request without a body."""
    return {"type": "http.request", "body": b"", "more_body": False}
