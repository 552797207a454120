"""Watches jobs for clients that wait: one reader per process serves all of them, on the event loop."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import Context
from dataclasses import dataclass, field

from imgopt.errors import ImgoptError, Unavailable
from imgopt.jobs.model import UNFINISHED, Job
from imgopt.telemetry import logger

# (seconds for which a job has been watched, seconds between two reads of it)
POLL_INTERVALS = ((2.0, 0.1), (15.0, 0.2), (60.0, 0.5), (float("inf"), 1.0))
TICK = POLL_INTERVALS[0][1]
# Consecutive failed reads after which waiting clients get an error.
MOST_FAILURES = 10
Read = Callable[[Sequence[str]], Iterable[Job]]


@dataclass
class WatchedJob:
    """What is known of a watched job. `job` is None before the first read, and for a job that doesn't exist. `due` is
    the time of the next read.
    """

    since: float
    due: float = 0.0
    is_read: bool = False
    job: Job | None = None
    watches: "list[Watch]" = field(default_factory=list)


class Watch:
    """The jobs that one client waits for."""

    def __init__(self, watched: dict[str, WatchedJob]) -> None:
        self._watched = watched
        self._seen: dict[str, Job | None] = {}
        self._stirred = asyncio.Event()
        self._error: Exception | None = None

    async def changes(self, seconds: float) -> dict[str, Job | None]:
        """Waits for changes and returns the changed jobs by id; the first call returns all jobs.

        Jobs that don't exist are None. Returns nothing where no status changes in `seconds`. Raises Unavailable where
        jobs can't be read.
        """
        await _wait(self._stirred, seconds)
        self._stirred.clear()
        if self._error:
            raise Unavailable("The status can't be read at present. Try again later.") from self._error
        changed = {job_id: each.job for job_id, each in self._watched.items() if each.is_read and self._is_new(job_id)}
        self._seen |= changed
        return changed

    def wake(self, error: Exception | None = None) -> None:
        self._error = error
        self._stirred.set()

    def _is_new(self, job_id: str) -> bool:
        if job_id not in self._seen:
            return True
        before, now = self._seen[job_id], self._watched[job_id].job
        return (before and before.status) != (now and now.status)


class Watcher:
    """Reads each watched job once for all clients that wait for it, at most ten times a second, until it has ended."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._jobs: dict[str, WatchedJob] = {}
        self._reader: asyncio.Task[None] | None = None
        self._arrival = asyncio.Event()
        self._failures = 0

    @contextmanager
    def watch(self, job_ids: Sequence[str]) -> Iterator[Watch]:
        now = time.monotonic()
        watched = {job_id: self._jobs.setdefault(job_id, WatchedJob(now)) for job_id in job_ids}
        watch = Watch(watched)
        for each in watched.values():
            each.watches.append(watch)
        if any(each.is_read for each in watched.values()):
            watch.wake()
        self._start_reading()
        try:
            yield watch
        finally:
            self._forget(watch, watched)

    def _forget(self, watch: Watch, watched: dict[str, WatchedJob]) -> None:
        for job_id, each in watched.items():
            each.watches.remove(watch)
            if not each.watches:
                del self._jobs[job_id]

    def _start_reading(self) -> None:
        loop = asyncio.get_running_loop()
        reader = self._reader
        if reader is None or reader.done() or reader.get_loop() is not loop:
            self._arrival = asyncio.Event()
            # The reader serves all clients, so that the context of the request that starts it must not apply.
            self._reader = loop.create_task(self._keep_reading(), context=Context())
        self._arrival.set()

    async def _keep_reading(self) -> None:
        while self._jobs:
            began = time.monotonic()
            self._arrival.clear()
            await self._read_due(began)
            await _wait(self._arrival, max(0.0, TICK - (time.monotonic() - began)))

    async def _read_due(self, now: float) -> None:
        due = {job_id: each for job_id, each in self._jobs.items() if each.due <= now and not _has_ended(each)}
        if not due:
            return
        try:
            found = {job.id: job for job in await asyncio.to_thread(self._read, list(due))}
        except Exception as error:
            self._note_failure(error)
            return
        self._failures = 0
        for job_id, each in due.items():
            _update(each, found.get(job_id), now)

    def _note_failure(self, error: Exception) -> None:
        """Reports repeated failures to the waiting clients, which would otherwise wait endlessly."""
        self._failures += 1
        if not isinstance(error, ImgoptError):
            logger.error("watched jobs could not be read", exc_info=error)
        if self._failures >= MOST_FAILURES:
            for each in self._jobs.values():
                for watch in each.watches:
                    watch.wake(error)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Waits for the event, at most `seconds`."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _has_ended(watched: WatchedJob) -> bool:
    return watched.is_read and (watched.job is None or watched.job.status not in UNFINISHED)


def _update(watched: WatchedJob, job: Job | None, now: float) -> None:
    is_new = not watched.is_read or (watched.job and watched.job.status) != (job and job.status)
    watched.job, watched.is_read = job, True
    watched.due = now + next(pace for age, pace in POLL_INTERVALS if now - watched.since < age)
    if is_new:
        for watch in watched.watches:
            watch.wake()
