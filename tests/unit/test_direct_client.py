"""The client that runs an application in its own thread: tests see what they would see by Starlette's client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread, current_thread
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.testclient import TestClient

from tests.direct_client import DirectClient

TOLD = ("type", "http_version", "method", "path", "raw_path", "root_path", "scheme", "query_string", "headers")
TOLD += ("client", "server", "extensions", "state")
REQUESTS: dict[str, dict[str, Any]] = {
    "a query": {"method": "GET", "url": "/echo/a%20b?x=%2F&y"},
    "a body": {"method": "POST", "url": "/echo/a", "json": {"é": 1}, "headers": {"X-Y": "z"}},
    "a head": {"method": "HEAD", "url": "/echo/a"},
    "another origin": {"method": "GET", "url": "https://shop.example:8443/echo/a"},
    "several parts": {"method": "GET", "url": "/parts"},
    "no content": {"method": "GET", "url": "/empty"},
    "a crash": {"method": "GET", "url": "/crash"},
    "no such page": {"method": "GET", "url": "/nowhere"},
}
KNOWN: dict[str, Any] = {"client": ("192.0.2.1", 5), "raise_server_exceptions": False}
phases: list[str] = []


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    phases.append("begun")
    yield
    phases.append("ended")


app = FastAPI(lifespan=lifespan)


@app.api_route("/echo/{name}", methods=["GET", "HEAD", "POST"])
async def echo(request: Request) -> JSONResponse:
    """Answers with all that the application is told about a request."""
    answer = JSONResponse({"body": str(await request.body()), **{name: str(request.scope[name]) for name in TOLD}})
    answer.set_cookie("seen", "1")
    return answer


@app.get("/parts")
async def parts() -> StreamingResponse:
    return StreamingResponse(iter([b"a", b"", b"c"]))


@app.get("/empty", status_code=204)
def empty() -> None:
    """Runs in one of AnyIO's threads."""


@app.get("/thread")
async def name_thread() -> str:
    return current_thread().name


@app.get("/crash")
def crash() -> None:
    raise ValueError("crash")


def described(client: TestClient, request: dict[str, Any]) -> tuple[object, ...]:
    answer = client.request(**request)
    return answer.status_code, answer.headers.multi_items(), answer.content, dict(client.cookies)


@pytest.mark.parametrize("request_of_client", REQUESTS.values(), ids=REQUESTS)
def test_answer_is_that_of_starlettes_client(request_of_client):
    with DirectClient(app, **KNOWN) as direct, TestClient(app, **KNOWN) as other:
        assert described(direct, request_of_client) == described(other, request_of_client)


def test_application_begins_and_ends_with_the_client():
    phases.clear()
    with DirectClient(app) as client:
        client.get("/empty")
        assert phases == ["begun"]
    assert phases == ["begun", "ended"]


def test_client_that_is_no_context_is_answered_without_beginning():
    phases.clear()
    assert DirectClient(app).get("/empty").status_code == 204
    assert phases == []


def test_application_runs_in_the_thread_that_asks():
    names: list[str] = []
    with DirectClient(app) as client:
        thread = Thread(target=lambda: names.append(client.get("/thread").json()), name="another")
        thread.start()
        thread.join()
        assert [*names, client.get("/thread").json()] == ["another", current_thread().name]


def test_crash_is_raised_unless_it_is_to_be_answered():
    with pytest.raises(ValueError, match="crash"):
        DirectClient(app).get("/crash")


def test_stream_is_read_part_by_part():
    with DirectClient(app).stream("GET", "/parts") as answer:
        assert [*answer.iter_raw()] == [b"a", b"c"]
