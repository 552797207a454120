"""One reader for all that wait for jobs, with shortened pauses."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from imgopt.errors import Unavailable
from imgopt.jobs import watching
from imgopt.jobs.model import JobStatus
from imgopt.jobs.watching import Watcher
from tests.unit.test_job import job

TIMEOUT_SECONDS = 2.0


class Shelf:
    """Jobs that can be changed while they are watched, and how often each was read."""

    def __init__(self, *ids: str) -> None:
        self.jobs = {each: replace(job(JobStatus.QUEUED), id=each) for each in ids}
        self.reads: list[list[str]] = []
        self.error: Exception | None = None

    def set(self, job_id: str, status: JobStatus) -> None:
        self.jobs[job_id] = replace(self.jobs[job_id], status=status)

    def read(self, ids):
        self.reads.append(sorted(ids))
        if self.error:
            raise self.error
        return [self.jobs[each] for each in ids if each in self.jobs]


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(watching, "TICK", 0.001)
    monkeypatch.setattr(watching, "POLL_INTERVALS", ((float("inf"), 0.0),))


def statuses(changes):
    return {job_id: each and each.status for job_id, each in changes.items()}


def test_known_statuses_come_first_and_then_changes():
    async def follow():
        shelf = Shelf("a", "b")
        with Watcher(shelf.read).watch(["a", "b"]) as watch:
            assert statuses(await watch.changes(TIMEOUT_SECONDS)) == {"a": JobStatus.QUEUED, "b": JobStatus.QUEUED}
            shelf.set("b", JobStatus.COMPLETED)
            assert statuses(await watch.changes(TIMEOUT_SECONDS)) == {"b": JobStatus.COMPLETED}

    asyncio.run(follow())


def test_watch_without_changes_is_empty():
    async def follow():
        with Watcher(Shelf("a").read).watch(["a"]) as watch:
            await watch.changes(TIMEOUT_SECONDS)
            assert await watch.changes(0.01) == {}

    asyncio.run(follow())


def test_a_job_that_does_not_exist_is_none():
    async def follow():
        with Watcher(Shelf().read).watch(["a"]) as watch:
            assert await watch.changes(TIMEOUT_SECONDS) == {"a": None}

    asyncio.run(follow())


def test_watches_of_the_same_job_share_its_reads():
    async def follow():
        shelf = Shelf("a")
        watcher = Watcher(shelf.read)
        async with AsyncExitStack() as stack:
            watches = [stack.enter_context(watcher.watch(["a"])) for _ in range(50)]
            for watch in watches:
                await watch.changes(TIMEOUT_SECONDS)
            assert len(shelf.reads) < 10
            assert all(read == ["a"] for read in shelf.reads)

    asyncio.run(follow())


def test_a_job_that_has_ended_is_read_no_more():
    async def follow():
        shelf = Shelf("a", "b")
        shelf.set("a", JobStatus.FAILED)
        with Watcher(shelf.read).watch(["a", "b"]) as watch:
            await watch.changes(TIMEOUT_SECONDS)
            await watch.changes(0.02)
        assert shelf.reads[0] == ["a", "b"]
        assert all(read == ["b"] for read in shelf.reads[1:])

    asyncio.run(follow())


def test_late_watch_is_told_at_once():
    async def follow():
        shelf = Shelf("a")
        watcher = Watcher(shelf.read)
        with watcher.watch(["a"]) as first:
            await first.changes(TIMEOUT_SECONDS)
            with watcher.watch(["a"]) as second:
                assert statuses(await second.changes(TIMEOUT_SECONDS)) == {"a": JobStatus.QUEUED}

    asyncio.run(follow())


def test_reads_stop_when_nobody_waits():
    async def follow():
        shelf = Shelf("a")
        with Watcher(shelf.read).watch(["a"]) as watch:
            await watch.changes(TIMEOUT_SECONDS)
        await asyncio.sleep(0.01)
        before = len(shelf.reads)
        await asyncio.sleep(0.01)
        assert len(shelf.reads) == before

    asyncio.run(follow())


def test_a_read_that_fails_now_and_then_is_no_matter():
    async def follow():
        shelf = Shelf("a")
        shelf.error = Unavailable("busy")
        with Watcher(shelf.read).watch(["a"]) as watch:
            assert await watch.changes(0.004) == {}
            shelf.error = None
            assert statuses(await watch.changes(TIMEOUT_SECONDS)) == {"a": JobStatus.QUEUED}

    asyncio.run(follow())


@pytest.mark.parametrize("error", [Unavailable("down"), KeyError("whatever")])
def test_reads_that_keep_failing_are_an_error_for_all_who_wait(error):
    async def follow():
        shelf = Shelf("a")
        shelf.error = error
        with Watcher(shelf.read).watch(["a"]) as watch, pytest.raises(Unavailable):
            while True:
                await watch.changes(TIMEOUT_SECONDS)

    asyncio.run(follow())


def test_a_watch_on_another_event_loop_works_too():
    shelf = Shelf("a")
    watcher = Watcher(shelf.read)

    async def follow():
        with watcher.watch(["a"]) as watch:
            return statuses(await watch.changes(TIMEOUT_SECONDS))

    assert asyncio.run(follow()) == asyncio.run(follow()) == {"a": JobStatus.QUEUED}
