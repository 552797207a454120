"""Unexpected errors below the server: logged once, and visible only in the affected answer."""

import logging
from collections.abc import AsyncIterator, Iterator
from http.client import HTTPConnection, IncompleteRead
from threading import Thread

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from functions.api.crashes import CrashHandling
from functions.api.time_budget import RequestTimeBudget
from imgopt import time_budget
from imgopt.errors import Unavailable

LENGTH = {"Content-Length": "100"}


def crash(_: Request) -> Response:
    raise KeyError("secret.py")


def fine(_: Request) -> Response:
    return PlainTextResponse("fine")


async def break_off(request: Request) -> Response:
    error = {"busy": Unavailable("busy"), "bug": KeyError("secret.py")}[request.path_params["why"]]

    async def body() -> AsyncIterator[bytes]:
        yield b"begun"
        raise error

    return StreamingResponse(body(), headers=LENGTH)


async def go_on(_: Request) -> Response:
    """AWS is asked by a stream that has begun, when the time of a request is over."""

    async def body() -> AsyncIterator[bytes]:
        yield b"begun"
        time_budget.check()
        yield b", ended"

    time_budget._limit.get().ends = 0
    return StreamingResponse(body())


class Names(logging.Handler):
    """Collects the names of the loggers that have logged something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.name)


@pytest.fixture
def said_by_server() -> Iterator[list[str]]:
    """Yields the names of uvicorn's loggers that log an error from here on."""
    names, server = Names(), logging.getLogger("uvicorn")
    level = server.level
    server.addHandler(names)
    server.setLevel(logging.ERROR)
    yield names.found
    server.setLevel(level)
    server.removeHandler(names)


@pytest.fixture
def connection(said_by_server) -> Iterator[HTTPConnection]:
    routes = [Route("/crash", crash), Route("/fine", fine), Route("/go-on", go_on), Route("/broken/{why}", break_off)]
    app = Starlette(routes=routes)
    app.add_middleware(RequestTimeBudget)
    app.add_middleware(CrashHandling)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield HTTPConnection("127.0.0.1", port, timeout=30)
    server.should_exit = True
    thread.join()


def ask(connection: HTTPConnection, path: str) -> tuple[int, bytes]:
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_a_crash_is_logged_once_and_the_connection_goes_on(connection, log_lines, said_by_server):
    assert ask(connection, "/fine") == (200, b"fine")
    socket = connection.sock
    assert ask(connection, "/crash") == (500, b'{"detail":"Internal server error."}')
    assert ask(connection, "/fine") == (200, b"fine")
    assert connection.sock is socket
    (line,) = log_lines()
    assert (line["message"], line["level"]) == ("unexpected error", "ERROR")
    assert "secret.py" in line["exception"]
    assert said_by_server == []


@pytest.mark.parametrize(("why", "level"), [("busy", "WARNING"), ("bug", "ERROR")])
def test_an_answer_that_breaks_off_does_not_seem_whole(connection, log_lines, said_by_server, why, level):
    with pytest.raises((IncompleteRead, ConnectionError)):
        ask(connection, f"/broken/{why}")
    connection.close()
    assert ask(connection, "/fine") == (200, b"fine")
    assert [line["level"] for line in log_lines()] == [level]
    assert said_by_server == []


def test_a_stream_may_ask_for_longer_than_a_request(connection):
    assert ask(connection, "/go-on") == (200, b"begun, ended")
