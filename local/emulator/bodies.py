"""Bodies of requests to the emulator. Large ones are checked while they are streamed, before their last part."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from local.emulator.refusals import Refused

AsgiMessage = dict[str, Any]
Receive = Callable[[], Awaitable[AsgiMessage]]
DISCONNECTED: AsgiMessage = {"type": "http.disconnect"}


class Body(Protocol):
    def feed(self, data: bytes) -> bytes:
        """Checks a part, and returns the bytes to pass on."""

    def end(self) -> bytes:
        """Returns the last bytes to pass on. Raises Refused if the body is not what its headers state."""


class AnyBody:
    """A body that is not checked."""

    def feed(self, data: bytes) -> bytes:
        return data

    def end(self) -> bytes:
        return b""


class HashedBody:
    def __init__(self, expected: str) -> None:
        """`expected` is the SHA-256 of the body in hexadecimal digits."""
        self.expected, self.digest = expected, hashlib.sha256()

    @staticmethod
    def hash(data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()

    def feed(self, data: bytes) -> bytes:
        self.digest.update(data)
        return data

    def end(self) -> bytes:
        if self.digest.hexdigest() != self.expected:
            raise Refused("XAmzContentSHA256Mismatch", "The body is not the one that was signed.", 400)
        return b""


class Passing:
    """An ASGI `receive` that passes each part through `body`. If it is refused, the emulator gets a disconnect.

    The emulator processes only complete bodies, so a refused request has no effect.
    """

    def __init__(self, receive: Receive, body: Body, begun: bytes = b"", *, is_whole: bool = False) -> None:
        """`begun` is the part that was received and checked before; `is_whole` is true if nothing follows."""
        self.receive, self.body, self.begun, self.is_whole = receive, body, begun, is_whole
        self.refused: Refused | None = None

    async def __call__(self) -> AsgiMessage:
        if self.refused:
            return DISCONNECTED
        try:
            return await self._next()
        except Refused as refused:
            self.refused = refused
            return DISCONNECTED

    async def _next(self) -> AsgiMessage:
        begun, self.begun = self.begun, b""
        if begun or self.is_whole:
            is_whole, self.is_whole = self.is_whole, False
            return {"type": "http.request", "body": begun, "more_body": not is_whole}
        message = await self.receive()
        if message["type"] != "http.request":
            return message
        data, more = self.body.feed(message.get("body", b"")), message.get("more_body", False)
        return {"type": "http.request", "body": data if more else data + self.body.end(), "more_body": more}


async def read_all(receive: Receive, most: int) -> bytes:
    """The whole body. Raises Refused if it is longer than `most` bytes, or incomplete."""
    found = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused("IncompleteBody", "The body ended too soon.", 400)
        found += message.get("body", b"")
        more = message.get("more_body", False)
        if len(found) > most:
            raise Refused("EntityTooLarge", f"A body of this kind has at most {most} bytes.", 413)
    return bytes(found)
