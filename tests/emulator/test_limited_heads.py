"""Heads of requests to the emulator: a long one is refused before all of it is in memory."""

import asyncio
from itertools import repeat
from typing import Any

import pytest
from uvicorn.server import ServerState

from local.emulator.limited_heads import MOST_HEAD_BYTES, LimitedHeads
from local.emulator.server import configuration

PIECE_BYTES = 16 * 1024
START = b"POST / HTTP/1.1\r\n"
CHUNKED = START + b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS = {
    "address": (b"GET /", b"a"),
    "header": (START + b"X: ", b"a"),
    "name of a header": (START, b"a"),
    "headers": (START, b"X: a\r\n"),
    "trailers": (CHUNKED + b"0\r\n", b"X: a\r\n"),
    "extension of a chunk": (CHUNKED + b"1;", b"a"),
}


class Transport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.written, self.is_closed = b"", False

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def answer(_scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def send(*pieces: bytes) -> tuple[bytes, int]:
    """Returns the answer, and the number of bytes that are accepted before the connection is closed."""
    known, transport, taken = configuration(answer), Transport(), 0
    connection = LimitedHeads(known, ServerState(), {}, asyncio.get_running_loop())
    connection.connection_made(transport)
    for piece in pieces:
        if not transport.is_closing():
            connection.data_received(piece)
            taken += len(piece)
            await asyncio.sleep(0)
    connection.connection_lost(None)
    await asyncio.gather(*connection.tasks)
    return transport.written, taken


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_head_is_refused(name):
    start, part = ENDLESS[name]
    written, taken = asyncio.run(send(start, *repeat(part * (PIECE_BYTES // len(part)), 20)))
    assert written.startswith(b"HTTP/1.1 400 ")
    assert taken < MOST_HEAD_BYTES + 2 * PIECE_BYTES


def test_long_bodies_and_following_requests_are_no_heads():
    body = START + b"Content-Length: %d\r\n\r\n" % (20 * PIECE_BYTES)
    written, _ = asyncio.run(send(*2 * (body, *repeat(bytes(PIECE_BYTES), 20))))
    assert written.count(b"HTTP/1.1 204 ") == 2
    chunk = b"%x\r\n%s\r\n" % (PIECE_BYTES, bytes(PIECE_BYTES))
    written, _ = asyncio.run(send(CHUNKED, *repeat(chunk, 20), b"0\r\nX: a\r\n\r\n"))
    assert written.startswith(b"HTTP/1.1 204 ")
