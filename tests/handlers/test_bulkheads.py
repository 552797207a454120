"""A hanging call of one client delays no other client. Each call here blocks until the test releases it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from inspect import iscoroutinefunction
from threading import BoundedSemaphore, Event, Lock
from uuid import uuid4

import anyio.to_thread
import httpx2
import pytest

from functions.api import deps, pools, shares
from functions.api.app import ROUTERS, build_app
from functions.api.routers import upload as upload_router
from imgopt.accounts import issuer as issuers
from imgopt.errors import Unavailable
from imgopt.files import inspection
from imgopt.files import service as files
from imgopt.safe_http.errors import unfetchable
from imgopt.safe_http.fetch import Fetched
from imgopt.settings import settings
from imgopt.storage import table
from tests import pictures

WAIT = 10


class Gate:
    """A gate at which calls wait. It counts the waiting calls, and their highest number."""

    def __init__(self) -> None:
        self.opened, self.arrived = Event(), Event()
        self.present = self.most = self.expected = 0
        self._lock = Lock()

    def wait(self) -> None:
        with self._lock:
            self.present += 1
            self.most = max(self.most, self.present)
            if self.present == self.expected:
                self.arrived.set()
        self.opened.wait(WAIT)
        with self._lock:
            self.present -= 1

    async def has(self, number: int) -> None:
        """Waits until this number of calls is in the gate."""
        with self._lock:
            self.expected = number
            self.arrived.set() if self.present >= number else self.arrived.clear()
        assert await asyncio.to_thread(self.arrived.wait, WAIT)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


@asynccontextmanager
async def clients(*addresses: str) -> AsyncIterator[list[httpx2.AsyncClient]]:
    app = build_app()
    transports = [httpx2.ASGITransport(app, client=(address, 1)) for address in addresses]
    made = [httpx2.AsyncClient(transport=each, base_url="http://test", timeout=WAIT) for each in transports]
    try:
        yield made
    finally:
        for each in made:
            await each.aclose()


@asynccontextmanager
async def begun(*requests: object) -> AsyncIterator[list[asyncio.Task]]:
    tasks = [asyncio.create_task(each) for each in requests]
    try:
        yield tasks
    finally:
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def mute(gate, monkeypatch):
    """Whatever is fetched does not answer until the gate is opened."""

    @contextmanager
    def hang(url: str, _: object) -> Iterator[Fetched]:
        gate.wait()
        raise unfetchable("it took too long")
        yield

    monkeypatch.setattr(upload_router, "fetch", hang)


def fetch_many(client: httpx2.AsyncClient, number: int) -> list:
    return [client.post("/upload/url", json={"url": "http://mute.example/a.png"}) for _ in range(number)]


def test_fetches_of_one_client_leave_room_for_others(aws, gate, mute, monkeypatch):
    monkeypatch.setattr(shares, "CLIENT_FETCHES", shares.Shares(lambda: 4, "Too many.", wait=0))

    async def ask() -> None:
        async with clients("9.9.9.1", "9.9.9.2") as (greedy, other), begun(*fetch_many(greedy, 12)) as asked:
            await gate.has(4)
            async with begun(*fetch_many(other, 2)):
                await gate.has(6)
                assert (await other.get("/health")).json() == {"status": "healthy"}
                assert (await other.post("/upload", files={"file": ("a.png", pictures.png())})).status_code == 200
                gate.opened.set()
            answers = [await each for each in asked]
        assert sorted(each.status_code for each in answers) == [400] * 4 + [429] * 8
        assert all("retry-after" in each.headers for each in answers if each.status_code == 429)

    asyncio.run(ask())
    assert gate.most == 6


def test_fetches_hold_no_common_threads(aws, gate, mute):
    async def ask() -> None:
        async with clients("9.9.9.1", "9.9.9.2") as (greedy, other), begun(*fetch_many(greedy, 60)):
            await gate.has(shares.share_of(settings().parallel_fetches))
            async with asyncio.timeout(WAIT):  # until all 60 have been counted
                while anyio.to_thread.current_default_thread_limiter().borrowed_tokens:
                    await asyncio.sleep(0.01)
            assert (await other.get(f"/status/{uuid4()}")).status_code == 404
            gate.opened.set()

    asyncio.run(ask())


def test_health_is_answered_while_every_common_thread_is_held(aws, gate, monkeypatch):
    monkeypatch.setattr(deps.jobs, "find_all", lambda job_ids: gate.wait() or [])

    async def ask() -> None:
        async with clients("9.9.9.1") as (client,):
            threads = int(anyio.to_thread.current_default_thread_limiter().total_tokens)
            async with begun(*(client.get(f"/status/{uuid4()}") for _ in range(threads + 5))):
                await gate.has(threads)
                for path in ("/health", "/", "/config"):
                    assert (await client.get(path)).status_code == 200
                assert (await client.options("/upload")).status_code == 200
                assert (await client.get("/status", params={"job_ids": "no-id"})).status_code == 422
                gate.opened.set()

    asyncio.run(ask())


def test_uploads_read_at_a_time_are_limited(aws, gate, monkeypatch):
    read = files.read_header

    def slowly(*args: object) -> object:
        gate.wait()
        return read(*args)

    monkeypatch.setattr(files, "read_header", slowly)
    inspection.semaphore.cache_clear()

    async def ask() -> None:
        addresses = [f"9.9.9.{number}" for number in range(20)]
        async with clients(*addresses, "8.8.8.8") as (*many, other):
            send = [each.post("/upload", files={"file": ("a.png", pictures.png())}) for each in many]
            async with begun(*send) as uploads:
                await gate.has(settings().parallel_inspections)
                assert (await other.get("/health")).status_code == 200
                assert (await other.get(f"/status/{uuid4()}")).status_code == 404
                gate.opened.set()
                assert [(await each).status_code for each in uploads] == [200] * 20

    asyncio.run(ask())
    assert gate.most == settings().parallel_inspections


def test_upload_that_waits_too_long_is_answered_by_503_with_retry_after(client, monkeypatch):
    monkeypatch.setattr(inspection, "WAIT_SECONDS", 0)
    monkeypatch.setattr(inspection, "semaphore", cache(lambda: BoundedSemaphore(1)))
    inspection.semaphore().acquire()
    answer = client.post("/upload", files={"file": ("a.png", pictures.png())})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    inspection.semaphore().release()
    assert client.post("/upload", files={"file": ("a.png", pictures.png())}).status_code == 200


def test_an_issuer_that_does_not_answer_holds_up_nobody_without_its_tokens(aws, issuer, gate, monkeypatch):
    def hang(*_: object) -> None:
        gate.wait()
        raise Unavailable(issuers.ISSUER_SILENT)

    monkeypatch.setattr(issuers, "get_json", hang)
    headers = {"Authorization": f"Bearer {issuer.token()}"}

    async def ask() -> None:
        asked = 50 * [{"url": "/usage/summary", "headers": headers}]
        async with clients("9.9.9.1") as (client,), begun(*(client.get(**each) for each in asked)) as answers:
            await gate.has(1)
            sent = await client.post("/upload", files={"file": ("a.png", pictures.png())})
            known = {"X-Session-Token": sent.json()["session_token"]}
            assert (await client.get("/usage/summary", headers=known)).status_code == 200
            gate.opened.set()
            assert {(await each).status_code for each in answers} == {503}

    asyncio.run(ask())


def test_readiness_has_a_deadline(client, gate, monkeypatch):
    monkeypatch.setattr(table, "check_table", gate.wait)
    monkeypatch.setattr(pools.READINESS, "_wait", 0.01)
    monkeypatch.setattr(pools.READINESS, "_seconds", 0.01)
    answer = client.get("/readiness")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


# Operations that ask somebody else than the table, or that take long.
APART = [
    *(("POST", path) for path in ("/auto", "/compress", "/resize", "/upscale", "/tag", "/process")),
    *(("POST", path) for path in ("/upload", "/upload/url", "/upload/presign", "/upload/complete")),
    *(("GET", path) for path in ("/download", "/download/{job_id}", "/readiness", "/health", "/", "/config")),
    *(("POST", path) for path in ("/billing/checkout", "/billing/portal", "/webhooks/stripe")),
    *(("POST", path) for path in ("/internal/cleanup", "/internal/refresh-daily-credits")),
    *(("DELETE", "/jobs/{job_id}"), ("GET", "/mcp/sign-in"), ("GET", "/mcp/callback")),
]


@pytest.mark.parametrize(("method", "path"), APART)
def test_slow_routes_run_apart_from_the_common_threads(method, path):
    routes = [each for router in ROUTERS for each in router.routes if each.path == path and method in each.methods]
    assert [iscoroutinefunction(each.endpoint) for each in routes] == [True]
