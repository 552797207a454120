"""Starlette's TestClient without threads: the application runs in the thread that asks it.

Starlette's client hands each request in eight steps to an event loop in a thread of its own, which takes more CPU time
than most requests. The module was written for Starlette 1.10 and AnyIO 4.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from threading import Lock
from typing import Any, Self, TypeVar
from urllib.parse import unquote

import httpx2
from anyio._backends._asyncio import _root_task
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Message, Scope

T = TypeVar("T")
PORTS = {"http": 80, "https": 443}


class EventLoop:
    """Runs coroutines one by one. While it is a context, its loop is kept; else there is a loop for each coroutine."""

    def __init__(self) -> None:
        self._kept: asyncio.Runner | None = None
        self._lock = Lock()

    def __enter__(self) -> None:
        self._kept = asyncio.Runner()
        self._kept.run(keep_worker_threads())

    def __exit__(self, *_: object) -> None:
        assert self._kept
        self._kept.close()
        self._kept = None

    def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Of several threads that ask at the same time, one has the kept loop."""
        if self._kept and self._lock.acquire(blocking=False):
            try:
                return self._kept.run(work(), context=copy_context())
            finally:
                self._lock.release()
        return asyncio.run(work())


LOOP = EventLoop()


async def keep_worker_threads() -> None:
    """AnyIO's threads end with the first task of their loop: this one ends with the loop."""
    _root_task.set(asyncio.create_task(asyncio.Event().wait()))


async def cancel_others() -> None:
    """Ends what an application has left running."""
    others = asyncio.all_tasks() - {asyncio.current_task(), _root_task.get(None)}
    for each in others:
        each.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class DirectClient(TestClient):
    """Answers are complete before they are returned, but for streams, which Starlette's client reads."""

    def __init__(
        self,
        app: FastAPI,
        *,
        raise_server_exceptions: bool = True,
        client: tuple[str, int] = ("testclient", 50000),
        **options: Any,
    ) -> None:
        super().__init__(app, raise_server_exceptions=raise_server_exceptions, client=client, **options)
        self._begin_and_end = lambda: app.router.lifespan_context(app)
        self._direct = self._transport = DirectTransport(app, raise_server_exceptions, client)

    def __enter__(self) -> Self:
        self._lifespan = self._begin_and_end()
        LOOP.run(self._lifespan.__aenter__)
        self._direct.is_kept = True
        return self

    def __exit__(self, *_: object) -> None:
        self._direct.is_kept = False
        LOOP.run(self._end)

    async def _end(self) -> None:
        await self._lifespan.__aexit__(None, None, None)
        await cancel_others()

    def stream(self, *request: Any, **options: Any) -> Any:
        return TestClient(self.app, str(self.base_url), headers=dict(self.headers)).stream(*request, **options)


class DirectTransport(httpx2.BaseTransport):
    """While `is_kept`, the application's tasks go on in later requests. Else they end with the request."""

    is_kept = False

    def __init__(self, app: ASGIApp, raise_server_exceptions: bool, client: tuple[str, int]) -> None:
        self._app, self._client = app, client
        self._raise_server_exceptions = raise_server_exceptions

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answering = Answering(request)
        try:
            LOOP.run(lambda: answering.run(self._app, scope_of(request, self._client)))
        except Exception:
            if self._raise_server_exceptions:
                raise
        finally:
            if not self.is_kept:
                LOOP.run(cancel_others)
        status, headers, body = answering.result
        content = httpx2.ByteStream(b"" if request.method == "HEAD" else body)
        return httpx2.Response(status, headers=headers, stream=content, request=request)


class Answering:
    """One request to the application, which hears of a disconnection as soon as it has answered."""

    def __init__(self, request: httpx2.Request) -> None:
        self._requests = [request]
        self._start: Message | None = None
        self._body = bytearray()

    @property
    def result(self) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Status, headers and body."""
        if self._start is None:
            return 500, [], b""
        return self._start["status"], self._start.get("headers", []), bytes(self._body)

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        self._is_complete = asyncio.Event()
        await app(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        if self._requests:
            return {"type": "http.request", "body": self._requests.pop().read()}
        await self._is_complete.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            assert self._start is None, "an answer begins twice"
            self._start = message
            return
        assert message["type"] == "http.response.body", message
        assert self._start and not self._is_complete.is_set(), "a body without a beginning, or after its end"
        self._body += message.get("body", b"")
        if not message.get("more_body"):
            self._is_complete.set()


def scope_of(request: httpx2.Request, client: tuple[str, int]) -> Scope:
    """As Starlette's client makes it."""
    url = request.url
    return {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "path": unquote(url.path),
        "raw_path": url.raw_path.split(b"?", 1)[0],
        "root_path": "",
        "scheme": url.scheme,
        "query_string": url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": client,
        "server": [url.raw_host.decode(), url.port or PORTS[url.scheme]],
        "extensions": {"http.response.debug": {}, "http.response.trailers": {}},
        "state": {},
    }
