"""Lambda's runtime API, between the emulator and functions."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from queue import Queue
from socketserver import ThreadingTCPServer
from threading import Thread

import pytest
from ministack.core.lambda_runtime import ProvidedWorker

from local import lambda_runtime
from local.emulator.runtime_api import TOKEN_HEADER, guarded

NEXT = "/2018-06-01/runtime/invocation/next"


@pytest.fixture
def worker() -> ProvidedWorker:
    config = {"FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f"}
    return ProvidedWorker("f", config, b"")


@pytest.fixture
def pending() -> Queue:
    """A queue with one waiting invocation."""
    waiting: Queue = Queue()
    waiting.put(("request-1", {"a": 1}, 0, None, "arn"))
    return waiting


@pytest.fixture
def port(worker, pending) -> Iterator[int]:
    """The port of the guarded runtime API."""
    handler = guarded(worker._build_handler_class(worker._generation, pending), "token")
    worker._stopping, worker._current_request_id = False, "request-1"
    with ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def ask(port: int, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, b"{}" if method == "POST" else None, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.mark.parametrize("headers", [{}, {TOKEN_HEADER: ""}, {TOKEN_HEADER: "tokens"}, {"Authorization": "token"}])
def test_an_invocation_is_taken_and_answered_by_nobody_else(port, worker, headers):
    answers = "/2018-06-01/runtime/invocation/request-1/response", "/2018-06-01/runtime/init/error"
    assert ask(port, "GET", NEXT, headers)[0] == 403
    assert [ask(port, "POST", path, headers)[0] for path in answers] == [403, 403]
    assert worker._result == {}
    status, body = ask(port, "GET", NEXT, {TOKEN_HEADER: "token"})
    assert (status, json.loads(body)) == (200, {"a": 1})


def test_a_function_asks_with_the_token(port, worker, monkeypatch):
    monkeypatch.setattr(lambda_runtime, "KNOWN", {TOKEN_HEADER: "token"})
    lambda_runtime.serve_invocation(
        HTTPConnection("127.0.0.1", port, timeout=10), lambda event, context: {"b": event["a"]}
    )
    assert worker._result == {"response": {"b": 1}}


def test_a_function_asks_again_by_the_same_connection(pending, port, worker, monkeypatch):
    monkeypatch.setattr(lambda_runtime, "KNOWN", {TOKEN_HEADER: "token"})
    api = HTTPConnection("127.0.0.1", port, timeout=10)
    lambda_runtime.serve_invocation(api, lambda event, context: {})
    first, worker._current_request_id = api.sock, "request-2"
    pending.put(("request-2", {"a": 2}, 0, None, "arn"))
    lambda_runtime.serve_invocation(api, lambda event, context: {"b": event["a"]})
    assert api.sock is first
    assert worker._result == {"response": {"b": 2}}


def test_a_function_that_is_not_known_ends(port, monkeypatch):
    monkeypatch.setattr(lambda_runtime, "KNOWN", {TOKEN_HEADER: "another"})
    with pytest.raises(RuntimeError, match="403"):
        lambda_runtime.serve_invocation(HTTPConnection("127.0.0.1", port, timeout=10), lambda event, context: {})
