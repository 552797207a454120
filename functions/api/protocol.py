"""uvicorn's protocol with limits for slow clients: `uvicorn --http functions.api.protocol:LimitedProtocol`.

uvicorn itself has no timeout for headers, bodies, or clients that do not read their answer.
"""

import asyncio
import fcntl
import json
import struct
import termios
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from functions.api.addresses import is_trusted, network_of, read_address
from functions.api.headers import raw_headers
from functions.api.slow_clients import ClientLimits, Phase, SlowClientDetector
from imgopt.settings import settings

STALL_CHECK_SECONDS = 1.0
# A connection that is refused with 503 is closed after so many seconds. Beyond `MOST_REFUSED` of these, connections are
# closed without an answer.
REFUSED_SECONDS, MOST_REFUSED = 2.0, 50
RETRY_SECONDS = 5
# h11 needs 5 microseconds for a chunk, and a chunk with one byte of content has six bytes. So at most `CHUNKED_BYTES`
# of a chunked body are parsed at once, and its framing may have at most `MOST_FRAMING` bytes more than the content.
CHUNKED_BYTES, MOST_FRAMING = 4096, 16384
TOO_MANY_CONNECTIONS = "Too many connections are open. Please try again."
TOO_SLOW = "The request was not received in time."
CHUNKS_TOO_SMALL = "The chunks of the body are too small. Send larger ones, or send the body with Content-Length."


class LimitedProtocol(H11Protocol):
    """Closes connections of slow clients, and answers 503 if too many connections are open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ws_protocol_class = None  # the service has no WebSockets
        self.origin: str | None = None
        self.is_refused = False
        self._received = self._framing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._counting = CountingTransport(transport)
        super().connection_made(self._counting)  # type: ignore[arg-type]  # passes all else on
        self.origin = connection_origin(self.client)
        self.is_refused = self._is_one_too_many()
        config = settings()
        seconds = REFUSED_SECONDS if self.is_refused else config.head_seconds
        self._detector = SlowClientDetector(ClientLimits(seconds, config.stall_seconds, config.slowest_rate))
        self._timer = self.loop.call_later(STALL_CHECK_SECONDS, self._check)
        if self.is_refused:
            self.app = refuse_connection
            if sum(other.is_refused for other in self._all_open()) > MOST_REFUSED:
                self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parses data that may be chunked in small pieces, so that one client does not block the others for long."""
        self._received += len(data)
        while data and not self.transport.is_closing():
            size = CHUNKED_BYTES if self._may_be_chunked() else len(data)
            self._take(data[:size])
            data = data[size:]

    def _take(self, data: bytes) -> None:
        before, known = self.cycle, len(self.cycle.body) if self.cycle else 0
        super().data_received(data)
        if self.cycle is not before:
            self._framing, known = 0, 0
        if self.cycle is None or self.cycle.response_complete or self.conn.their_state is not h11.SEND_BODY:
            return
        content = len(self.cycle.body) - known
        self._framing += len(data) - 2 * content
        if self._framing > MOST_FRAMING and self._may_be_chunked():
            self._end(400, CHUNKS_TOO_SMALL)

    def _may_be_chunked(self) -> bool:
        if self.conn.their_state is not h11.SEND_BODY:
            return True
        return any(name == b"transfer-encoding" for name, _ in self.headers)

    def _all_open(self) -> Iterator["LimitedProtocol"]:
        """All open connections of the process."""
        return (each for each in self.connections if isinstance(each, LimitedProtocol))

    def _is_one_too_many(self) -> bool:
        config = settings()
        mine = sum(other.origin == self.origin for other in self._all_open())
        crowded = self.origin is not None and mine > config.max_connections_per_client
        return crowded or len(self.connections) > config.max_connections

    def _check(self) -> None:
        self._timer = self.loop.call_later(STALL_CHECK_SECONDS, self._check)
        self.check(self.loop.time())

    def check(self, now: float) -> None:
        phase, count = self._progress()
        if not self._detector.is_too_slow(now, phase, count):
            return
        if phase is Phase.ANSWER:
            self.transport.abort()
        elif phase is Phase.HEAD and not self.conn.trailing_data[0]:
            self.transport.close()  # the client has sent nothing at all
        else:
            self._end(408, TOO_SLOW)

    def _progress(self) -> tuple[Phase | None, int]:
        """What the client has to do now, None if nothing, and how many bytes it has sent or received so far."""
        waiting = self._counting.waiting()
        if waiting:
            return Phase.ANSWER, self._counting.written - waiting
        theirs, cycle = self.conn.their_state, self.cycle
        if theirs is h11.IDLE:
            is_kept = self.timeout_keep_alive_task is not None  # uvicorn closes it if no request follows
            return None if is_kept else Phase.HEAD, self._received
        if theirs is not h11.SEND_BODY or self.flow.read_paused or cycle.waiting_for_100_continue:
            return None, 0
        return (Phase.REST if cycle.response_complete else Phase.BODY), self._received

    def _end(self, status: int, detail: str) -> None:
        """Closes the connection, with an answer if none has been started."""
        cycle = self.cycle
        is_open = cycle is None or cycle.response_complete or not cycle.response_started
        if is_open and self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._say(status, detail)
            self.transport.close()
        else:
            self.transport.abort()
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()

    def _say(self, status: int, detail: str) -> None:
        body = json.dumps({"detail": detail}).encode()
        headers = json_headers(self.scheme or "http", body)
        answer = h11.Response(status_code=status, headers=headers, reason=HTTPStatus(status).phrase)
        for event in (answer, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")

    def send_400_response(self, msg: str) -> None:
        """Answers what is not HTTP with JSON. uvicorn itself would answer text."""
        self._end(400, msg)


def json_headers(scheme: str, body: bytes) -> list[tuple[bytes, bytes]]:
    length = (b"content-length", str(len(body)).encode())
    return [(b"content-type", b"application/json"), (b"connection", b"close"), length, *raw_headers(scheme)]


class CountingTransport:
    """A transport that counts the bytes that were written to it."""

    def __init__(self, transport: Any) -> None:
        self._transport, self.written = transport, 0

    def write(self, data: bytes) -> None:
        self.written += len(data)
        self._transport.write(data)

    def waiting(self) -> int:
        """Bytes that the client has not received: those in the transport's buffer and those in the kernel's."""
        here: int = self._transport.get_write_buffer_size()
        return here + unsent(self._transport.get_extra_info("socket"))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def unsent(connection: Any) -> int:
    """Bytes in the kernel's send buffer (tcp(7), SIOCOUTQ). 0 if the platform does not tell."""
    answer = bytes(4)
    with suppress(OSError, ValueError, AttributeError):
        answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, answer)
    return int(struct.unpack("i", answer)[0])


def connection_origin(client: tuple[str, int] | None) -> str | None:
    """The key that connections are counted by. None for a trusted proxy, whose connections belong to many clients."""
    address = read_address(client[0]) if client else None
    return None if address is None or is_trusted(address) else network_of(address)


async def refuse_connection(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application of connections that exceed the limit: it answers 503."""
    body = json.dumps({"detail": TOO_MANY_CONNECTIONS}).encode()
    headers = [*json_headers(scope["scheme"], body), (b"retry-after", b"%d" % RETRY_SECONDS)]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
