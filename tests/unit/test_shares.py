"""The share of a common capacity that one client may use."""

import asyncio

import pytest

from functions.api.shares import Shares, share_of
from imgopt.errors import RateLimited, Unavailable


def shares(most: int, wait: float = 0, **more: object) -> Shares:
    return Shares(lambda: most, "Too many.", wait=wait, **more)


async def hold(of: Shares, client: str, until: asyncio.Event, taken: list[str]) -> None:
    async with of.take(client):
        taken.append(client)
        await until.wait()


async def begin(of: Shares, *clients: str, wait_for: int) -> tuple[list[asyncio.Task], asyncio.Event, list[str]]:
    until, taken = asyncio.Event(), []
    holders = [asyncio.create_task(hold(of, client, until, taken)) for client in clients]
    while len(taken) < wait_for:
        await asyncio.sleep(0)
    return holders, until, taken


def test_client_over_its_share_is_refused_and_others_have_theirs():
    async def ask() -> None:
        of = shares(2)
        holders, until, _ = await begin(of, "a", "a", wait_for=2)
        with pytest.raises(RateLimited, match="Too many"):
            async with of.take("a"):
                pass
        async with of.take("b"):
            pass
        until.set()
        await asyncio.gather(*holders)
        async with of.take("a"), of.take("a"):
            pass

    asyncio.run(ask())


def test_requests_beyond_the_share_of_a_client_wait_their_turn():
    async def ask() -> None:
        of = shares(2, wait=10)
        holders, until, taken = await begin(of, *"aaaab", wait_for=3)
        for _ in range(10):
            await asyncio.sleep(0)
        assert sorted(taken) == ["a", "a", "b"]
        until.set()
        await asyncio.gather(*holders)
        assert len(taken) == 5

    asyncio.run(ask())


def test_cancelled_requests_leave_nothing():
    async def ask() -> None:
        of = shares(1, wait=10)
        holders, until, _ = await begin(of, "a", "a", "a", wait_for=1)
        for _ in range(5):
            await asyncio.sleep(0)
        for each in holders[1:]:
            each.cancel()
        await asyncio.gather(*holders[1:], return_exceptions=True)
        until.set()
        await holders[0]
        assert not of._lines
        assert not of._present

    asyncio.run(ask())


def test_a_refusal_says_when_to_come_back():
    async def ask() -> None:
        of = shares(1, error=Unavailable)
        async with of.take(""):
            with pytest.raises(Unavailable) as refused:
                async with of.take(""):
                    pass
        assert refused.value.retry_after > 0

    asyncio.run(ask())


def test_a_share_is_a_part_and_never_nothing(environment):
    assert [share_of(number) for number in (1, 4, 16, 64)] == [1, 1, 4, 16]
