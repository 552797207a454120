"""Clients that hold connections, with a simulated transport and clock."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from functions.api import protocol as protocols
from functions.api.protocol import MOST_FRAMING, MOST_REFUSED, LimitedProtocol
from functions.api.slow_clients import ClientLimits, Phase, SlowClientDetector
from imgopt.settings import settings

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


class Socket:
    """The attributes of a socket that show its peer."""

    def __init__(self, host: str) -> None:
        self.host = host

    def getpeername(self) -> tuple[str, int]:
        return (self.host, 1)

    def getsockname(self) -> tuple[str, int]:
        return ("127.0.0.1", 80)

    def fileno(self) -> int:
        return -1


class Transport:
    """Holds the written bytes, and the number of bytes that the client has not received."""

    protocol: LimitedProtocol

    def __init__(self, host: str) -> None:
        self.socket, self.written, self.kept = Socket(host), b"", 0
        self.is_closed = self.is_aborted = self.is_paused = False

    def get_extra_info(self, name: str) -> Any:
        return {"socket": self.socket}.get(name)

    def write(self, data: bytes) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return self.kept

    def is_closing(self) -> bool:
        return self.is_closed or self.is_aborted

    def close(self) -> None:
        self.is_closed = True
        asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    def abort(self) -> None:
        self.is_aborted = True
        asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False

    @property
    def status(self) -> int:
        return int(self.written.split(b" ")[1])

    @property
    def detail(self) -> str:
        return json.loads(self.written.rpartition(b"\r\n\r\n")[2])["detail"]


async def answer(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def read_all(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await answer(scope, receive, send)


async def stream(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"part", "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass


class Server:
    """Connections to one application."""

    def __init__(self, app: Any) -> None:
        self.state = ServerState()
        self.config = Config(app, http=LimitedProtocol, log_level="critical", lifespan="off")

    def connect(self, host: str = "9.9.9.9") -> tuple[LimitedProtocol, Transport]:
        connection = LimitedProtocol(self.config, self.state, {}, asyncio.get_running_loop())
        transport = Transport(host)
        transport.protocol = connection
        connection.connection_made(transport)
        return connection, transport


@pytest.fixture(autouse=True)
def limits(environment, monkeypatch):
    known = {"HEAD_SECONDS": 10, "STALL_SECONDS": 20, "SLOWEST_RATE": 1000, "MAX_CONNECTIONS": 6}
    for name, value in {**known, "MAX_CONNECTIONS_PER_CLIENT": 3}.items():
        monkeypatch.setenv(f"IMGOPT_{name}", str(value))
    settings.cache_clear()


def running(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    def run() -> None:
        asyncio.run(test())

    run.__name__ = test.__name__
    return run


async def turn() -> None:
    """Runs the loop as long as it has work that is due."""
    for _ in range(10):
        await asyncio.sleep(0)


@running
async def test_a_request_is_answered():
    connection, transport = Server(answer).connect()
    connection.data_received(GET)
    await turn()
    assert transport.status == 200
    assert not transport.is_closing()


@running
async def test_bytes_that_are_not_http_are_refused():
    connection, transport = Server(answer).connect()
    connection.data_received(b"\x16\x03\x01\r\n\r\n")
    assert (transport.status, transport.is_closed) == (400, True)
    assert "no-store" in transport.written.decode()


@running
async def test_a_head_that_drips_ends():
    connection, transport = Server(answer).connect()
    for second in range(11):
        connection.data_received(GET[second : second + 1])
        connection.check(second)
        assert not transport.is_closing()
    connection.check(10.5)
    assert (transport.status, transport.is_closed) == (408, True)


@running
async def test_a_connection_that_says_nothing_ends():
    connection, transport = Server(answer).connect()
    connection.check(0)
    connection.check(11)
    assert (transport.is_closed, transport.written) == (True, b"")


@running
async def test_a_connection_that_is_kept_for_the_next_request_is_a_matter_of_the_server():
    connection, transport = Server(answer).connect()
    connection.data_received(GET)
    await turn()
    connection.check(0)
    connection.check(60)
    assert not transport.is_closing()
    connection.data_received(b"\r\n")
    connection.check(61)
    connection.check(72)
    assert transport.is_closed


@running
async def test_an_answer_that_is_complete_but_not_taken_is_let_go():
    connection, transport = Server(answer).connect()
    connection.data_received(GET)
    await turn()
    transport.kept, written = 2, transport.written
    connection.check(0)
    connection.check(21)
    assert transport.is_aborted
    assert transport.written == written


@running
async def test_a_body_of_which_nothing_comes_ends_and_so_does_who_waits_for_it():
    server = Server(read_all)
    connection, transport = server.connect()
    connection.data_received(POST + b"x")
    await turn()
    connection.check(0)
    connection.check(20)
    assert not transport.is_closing()
    connection.check(21)
    await turn()
    assert (transport.status, transport.detail) == (408, protocols.TOO_SLOW)
    assert transport.is_closed
    assert not server.state.tasks


@running
async def test_a_body_that_drips_ends():
    connection, transport = Server(read_all).connect()
    connection.data_received(POST)
    for second in range(21):
        connection.data_received(b"x" * 10)
        await turn()
        connection.check(second)
        assert not transport.is_closing()
    connection.data_received(b"x" * 10)
    connection.check(22)
    assert (transport.status, transport.is_closed) == (408, True)


@running
async def test_a_body_that_comes_at_some_rate_may_take_long():
    connection, transport = Server(read_all).connect()
    connection.data_received(POST)
    for second in range(0, 100, 2):
        connection.data_received(b"x" * 2000)
        await turn()
        connection.check(second)
    assert transport.status == 200
    assert not transport.is_closing()


@running
async def test_a_client_is_not_blamed_while_nobody_reads_what_it_sends():
    connection, transport = Server(stream_late).connect()
    connection.data_received(POST + b"x" * 70_000)
    connection.check(0)
    connection.check(100)
    assert transport.is_paused
    assert not transport.is_closing()


async def stream_late(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.Event().wait()


@running
async def test_a_client_that_waits_to_be_told_to_go_on_is_not_blamed():
    connection, transport = Server(stream_late).connect()
    connection.data_received(POST.replace(b"Host", b"Expect: 100-continue\r\nHost"))
    await turn()
    connection.check(0)
    connection.check(100)
    assert not transport.is_closing()


@running
async def test_the_rest_of_a_refused_body_is_not_read_for_ever():
    connection, transport = Server(answer).connect()
    connection.data_received(POST)
    await turn()
    assert transport.status == 200
    for second in range(12):
        connection.data_received(b"x" * 2000)
        connection.check(second)
    assert transport.is_closing()


@running
async def test_a_client_that_takes_nothing_is_let_go():
    server = Server(stream)
    connection, transport = server.connect()
    connection.data_received(GET)
    await turn()
    transport.kept = 4
    connection.check(0)
    connection.check(20)
    assert not transport.is_closing()
    connection.check(21)
    await turn()
    assert transport.is_aborted
    assert not server.state.tasks


@running
async def test_a_client_that_takes_a_byte_now_and_then_is_let_go():
    connection, transport = Server(stream).connect()
    connection.data_received(GET)
    await turn()
    for second in range(0, 30, 5):
        transport.kept = 1000 - second
        connection.check(second)
    assert transport.is_aborted


@running
async def test_a_stream_on_which_nothing_happens_lasts():
    connection, transport = Server(stream).connect()
    connection.data_received(GET)
    await turn()
    for second in range(300):
        connection.check(second)
    assert not transport.is_closing()


@running
async def test_connections_are_limited_for_each_address():
    server = Server(answer)
    mine = [server.connect("9.9.9.9") for _ in range(4)]
    other = server.connect("9.9.9.8")
    for connection, _ in (*mine, other):
        connection.data_received(GET)
    await turn()
    assert [transport.status for _, transport in (*mine, other)] == [200, 200, 200, 503, 200]
    assert mine[3][1].detail == protocols.TOO_MANY_CONNECTIONS
    assert b"retry-after: 5" in mine[3][1].written
    assert mine[3][1].is_closed


@running
async def test_connections_that_end_make_room():
    server = Server(answer)
    connection, _ = server.connect()
    server.connect(), server.connect()
    connection.connection_lost(None)
    again, transport = server.connect()
    again.data_received(GET)
    await turn()
    assert transport.status == 200


@running
async def test_a_process_has_so_many_connections():
    server = Server(answer)
    made = [server.connect(f"9.9.9.{number}") for number in range(7)]
    made[6][0].data_received(GET)
    await turn()
    assert made[6][1].status == 503


@running
async def test_refused_connections_are_limited_in_number():
    server = Server(answer)
    made = [server.connect(f"9.9.{number}.9")[1] for number in range(6 + MOST_REFUSED + 3)]
    assert sum(transport.is_aborted for transport in made) == 3


@running
async def test_silent_refused_connection_is_closed_soon():
    server = Server(answer)
    for _ in range(3):
        server.connect()
    connection, transport = server.connect()
    connection.check(0)
    connection.check(3)
    assert transport.is_closed


def test_a_trusted_proxy_has_as_many_as_it_needs(monkeypatch):
    monkeypatch.setenv("IMGOPT_TRUSTED_PROXIES", "9.9.9.9")
    settings.cache_clear()

    async def connect() -> None:
        server = Server(answer)
        made = [server.connect() for _ in range(5)]
        assert not any(connection.is_refused for connection, _ in made)

    asyncio.run(connect())


@running
async def test_a_body_in_chunks_is_read():
    connection, transport = Server(read_all).connect()
    connection.data_received(CHUNKED)
    for _ in range(20):
        connection.data_received(b"2000\r\n" + b"x" * 8192 + b"\r\n")
        await turn()
    connection.data_received(b"0\r\n\r\n")
    await turn()
    assert transport.status == 200
    assert not transport.is_closing()


@running
async def test_a_body_in_tiny_chunks_is_refused_before_it_costs_much():
    connection, transport = Server(read_all).connect()
    taken: list[int] = []
    take = connection._take
    connection._take = lambda data: (taken.append(len(data)), take(data))
    connection.data_received(CHUNKED + b"1\r\nx\r\n" * 50_000)
    await turn()
    assert (transport.status, transport.detail) == (400, protocols.CHUNKS_TOO_SMALL)
    assert sum(taken) < 3 * MOST_FRAMING


@pytest.mark.parametrize(
    ("phase", "steps", "slow"),
    [
        (Phase.HEAD, [(0, 0), (10, 5)], False),
        (Phase.HEAD, [(0, 0), (5, 5), (11, 9)], True),
        (Phase.REST, [(0, 0), (11, 9_000_000)], True),
        (Phase.BODY, [(0, 7), (20, 7)], False),
        (Phase.BODY, [(0, 7), (21, 7)], True),
        (Phase.BODY, [(0, 0), (20, 1), (22, 1)], True),
        (Phase.BODY, [(0, 0), (30, 10_000)], False),
        (Phase.ANSWER, [(0, 0), (15, 1), (30, 2)], True),
        (None, [(0, 0), (1000, 0)], False),
    ],
)
def test_slow_clients_are_detected_in_each_phase(phase, steps, slow):
    detector = SlowClientDetector(ClientLimits(head=10, stall=20, rate=1000))
    assert [detector.is_too_slow(now, phase, count) for now, count in steps][-1] is slow


def test_phases_of_a_request_are_timed_apart():
    detector = SlowClientDetector(ClientLimits(head=10, stall=20, rate=0))
    assert not detector.is_too_slow(0, Phase.HEAD, 0)
    assert not detector.is_too_slow(9, Phase.BODY, 0)
    assert not detector.is_too_slow(28, Phase.BODY, 0)
    assert not detector.is_too_slow(29, None, 0)
    assert not detector.is_too_slow(40, Phase.HEAD, 0)
    assert not detector.is_too_slow(49, Phase.HEAD, 0)
