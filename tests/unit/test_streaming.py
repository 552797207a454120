"""Files as answers to clients that are slow or gone."""

import asyncio
from collections.abc import Iterator

import pytest

from functions.api.buffers import LARGE, SMALL, Buffer, ByteQuota
from functions.api.streaming import SLICE_BYTES, PartsResponse

HTTP = {"type": "http", "method": "GET", "asgi": {"spec_version": "2.3"}, "headers": []}


class Parts:
    """Three parts of two slices; counts how many have been asked for."""

    def __init__(self, buffer: Buffer) -> None:
        self.asked, self.buffer = 0, buffer

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self.asked == 3:
            raise StopIteration
        self.buffer.next_size()
        self.asked += 1
        return b"x" * (2 * SLICE_BYTES)


class Client:
    """Takes as many messages as it is told to, then stalls; goes away when it is told to."""

    def __init__(self, takes: int) -> None:
        self.takes, self.taken = takes, 0
        self.has_stalled, self.is_gone = asyncio.Event(), asyncio.Event()

    async def send(self, message: dict) -> None:
        if self.takes == 0:
            self.has_stalled.set()
            await asyncio.Event().wait()
        self.takes -= 1
        self.taken += len(message.get("body", b""))

    async def receive(self) -> dict:
        await self.is_gone.wait()
        return {"type": "http.disconnect"}


@pytest.fixture
def room():
    return ByteQuota(3 * LARGE)


def test_a_client_that_takes_everything_gets_everything(room):
    async def follow() -> None:
        parts = Parts(Buffer(room))
        client = Client(takes=100)
        await PartsResponse(parts, parts.buffer, {}, "image/png")(HTTP, client.receive, client.send)
        assert client.taken == 6 * SLICE_BYTES

    asyncio.run(follow())
    assert room.take(3 * LARGE)


@pytest.mark.parametrize(("takes", "asked"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_no_part_is_read_before_the_one_before_is_taken(room, takes, asked):
    async def follow() -> None:
        parts = Parts(Buffer(room))
        client = Client(takes)
        answer = asyncio.create_task(
            PartsResponse(parts, parts.buffer, {}, "image/png")(HTTP, client.receive, client.send)
        )
        await client.has_stalled.wait()
        assert parts.asked == asked
        client.is_gone.set()
        await answer

    asyncio.run(follow())
    assert room.take(3 * LARGE)  # what it held is given back when it has gone


def test_a_request_that_is_cancelled_gives_back_what_it_held(room):
    async def follow() -> None:
        parts = Parts(Buffer(room))
        client = Client(takes=4)
        answer = asyncio.create_task(
            PartsResponse(parts, parts.buffer, {}, "image/png")(HTTP, client.receive, client.send)
        )
        await client.has_stalled.wait()
        assert not room.take(3 * LARGE)
        answer.cancel()
        await asyncio.gather(answer, return_exceptions=True)

    asyncio.run(follow())
    assert room.take(3 * LARGE)


def test_the_first_part_is_small_and_others_are_large_while_there_is_room(room):
    buffers = [Buffer(room) for _ in range(5)]
    assert [buffer.next_size() for buffer in buffers] == [SMALL] * 5
    assert [buffer.next_size() for buffer in buffers] == [LARGE] * 3 + [SMALL] * 2
    assert [buffer.next_size() for buffer in reversed(buffers)] == [SMALL] * 2 + [LARGE] * 3
    buffers[0].close()
    assert buffers[4].next_size() == LARGE


def test_a_hundred_who_stall_hold_less_than_a_hundred_megabytes():
    room = ByteQuota(64 * 1024 * 1024)
    buffers = [Buffer(room) for _ in range(100)]
    sizes = [[buffer.next_size() for _ in range(10)][-1] for buffer in buffers]
    assert sum(sizes) < 120_000_000


def test_buffer_closed_twice_is_given_back_once(room):
    buffer = Buffer(room)
    buffer.next_size(), buffer.next_size()
    buffer.close()
    buffer.close()
    assert room.take(3 * LARGE)
    assert not room.take(1)
