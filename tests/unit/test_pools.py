"""Threads for work that may hang."""

import asyncio
from contextvars import ContextVar
from threading import Event

import pytest

from functions.api import pools
from functions.api.pools import ThreadPool
from imgopt.errors import NotFound, Unavailable

NAME: ContextVar[str] = ContextVar("name")


class Hanging:
    """Calls that end when they are let go."""

    def __init__(self, calls: int = 1) -> None:
        self.begun, self.end, self.ended = [Event() for _ in range(calls)], Event(), 0

    def call(self, number: int = 0) -> int:
        self.begun[number].set()
        self.end.wait(timeout=10)
        self.ended += 1
        return number


def pool(threads: int = 1, **limits: float) -> ThreadPool:
    return ThreadPool("test", lambda: threads, **limits)


async def begun(event: Event) -> None:
    await asyncio.to_thread(event.wait, 10)


def test_a_call_returns_what_it_returns_and_raises_what_it_raises():
    def fail() -> None:
        raise NotFound("gone")

    async def ask() -> None:
        assert await pool().run("".join, ["a", "b"]) == "ab"
        with pytest.raises(NotFound, match="gone"):
            await pool().run(fail)

    asyncio.run(ask())


def test_an_endpoint_keeps_its_name_and_its_context():
    @pool().runs
    def endpoint(number: int, *, name: str = "") -> str:
        return f"{number} {name or NAME.get()}"

    async def ask() -> None:
        NAME.set("mine")
        assert await endpoint(1) == "1 mine"
        assert await endpoint(2, name="yours") == "2 yours"

    asyncio.run(ask())
    assert endpoint.__name__ == "endpoint"


def test_call_that_waits_too_long_for_a_thread_is_refused_and_never_run():
    hanging, late = Hanging(), Hanging()

    async def ask() -> None:
        busy = pool(wait=0.01)
        first = asyncio.create_task(busy.run(hanging.call))
        await begun(hanging.begun[0])
        with pytest.raises(Unavailable, match="is busy"):
            await busy.run(late.call)
        hanging.end.set()
        assert await first == 0

    asyncio.run(ask())
    assert not late.begun[0].is_set()


def test_a_call_that_lasts_too_long_lets_its_caller_go_but_not_its_thread(monkeypatch):
    hanging, late = Hanging(), Hanging()

    async def never(seconds: float, answer: asyncio.Future) -> bool:
        await begun(hanging.begun[0])
        return False

    async def ask() -> None:
        slow = pool()
        with monkeypatch.context() as patch:
            patch.setattr(pools, "ends_within", never)
            with pytest.raises(Unavailable, match="too long"):
                await slow.run(hanging.call)
            with pytest.raises(Unavailable, match="is busy"):
                await slow.run(late.call)
        hanging.end.set()
        assert await slow.run_at_last(lambda: hanging.ended) == 1

    asyncio.run(ask())
    assert not late.begun[0].is_set()


def test_call_that_must_run_waits_for_its_turn():
    hanging = Hanging(2)

    async def ask() -> None:
        busy = pool(wait=0)
        first = asyncio.create_task(busy.run_at_last(hanging.call, 0))
        await begun(hanging.begun[0])
        second = asyncio.create_task(busy.run_at_last(hanging.call, 1))
        await asyncio.sleep(0)
        hanging.end.set()
        assert await asyncio.gather(first, second) == [0, 1]

    asyncio.run(ask())


def test_call_cancelled_while_it_waits_is_never_run():
    hanging, late = Hanging(), Hanging()

    async def ask() -> None:
        busy = pool()
        first = asyncio.create_task(busy.run(hanging.call))
        await begun(hanging.begun[0])
        second = asyncio.create_task(busy.run(late.call))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        hanging.end.set()
        await first

    asyncio.run(ask())
    assert not late.begun[0].is_set()


def test_hanging_pool_holds_up_no_other():
    hanging = Hanging(4)

    async def ask() -> None:
        busy, free = pool(4), pool()
        calls = [asyncio.create_task(busy.run(hanging.call, number)) for number in range(4)]
        for event in hanging.begun:
            await begun(event)
        assert await free.run(lambda: "free") == "free"
        hanging.end.set()
        await asyncio.gather(*calls)

    asyncio.run(ask())
