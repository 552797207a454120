"""Threads for each kind of work that may hang (the bulkhead pattern): what hangs there holds up nothing else.

Everything else that blocks, which is the table, runs in the threads that Starlette has for all.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cached_property, wraps
from math import inf
from typing import Any, ParamSpec, TypeVar

from imgopt.errors import Unavailable
from imgopt.settings import settings

P = ParamSpec("P")
T = TypeVar("T")
BUSY = "Too much is being done at present. Please try again."
TAKES_TOO_LONG = "This takes too long. Please try again."


class ThreadPool:
    """Runs as many calls at a time as it has threads; others wait in line for at most `wait` seconds.

    After `seconds` more the caller goes on without its answer. The thread is taken until the call really ends.
    """

    def __init__(self, name: str, size: Callable[[], int], *, wait: float = 10.0, seconds: float = inf) -> None:
        self._name, self._size = name, size
        self._wait, self._seconds = wait, seconds

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._size(), self._name)

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the call returns or raises. Raises Unavailable where it does not begin or end in time."""
        return await self._run(self._wait, lambda: call(*args, **kwargs))

    async def run_at_last(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for what can't be refused any more: it waits for as long as it takes."""
        return await self._run(inf, lambda: call(*args, **kwargs))

    def runs(self, endpoint: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
        """For endpoints and dependencies: the same function, run by these threads."""

        @wraps(endpoint)
        async def run(*args: P.args, **kwargs: P.kwargs) -> T:
            return await self.run(endpoint, *args, **kwargs)

        return run

    async def _run(self, wait: float, call: Callable[[], T]) -> T:
        future = self._threads.submit(copy_context().run, call)
        answer = asyncio.wrap_future(future)
        if not await ends_within(wait, answer):
            if future.cancel():
                raise Unavailable(BUSY)
            if not await ends_within(self._seconds, answer):
                raise Unavailable(TAKES_TOO_LONG)
        return await answer


async def ends_within(seconds: float, answer: "asyncio.Future[Any]") -> bool:
    """Whether it does. What has not begun when nobody waits any more never does."""
    try:
        await asyncio.wait((answer,), timeout=None if seconds == inf else seconds)
    except asyncio.CancelledError:
        answer.cancel()
        raise
    return answer.done()


# Submitting and stopping: many calls to AWS for each.
JOBS = ThreadPool("jobs", lambda: 40)
# Reads parts of results from S3.
DOWNLOADS = ThreadPool("downloads", lambda: 16)
# Checks uploads and stores them. Waiting for one's turn is a matter of `imgopt.files.inspection`.
UPLOADS = ThreadPool("uploads", lambda: settings().parallel_uploads, seconds=60)
# Fetches files from servers that may be of any kind.
FETCHES = ThreadPool("fetches", lambda: settings().parallel_fetches, seconds=60)
# Finds and makes images of URLs, and waits where others make them. How many are made at a time, the sandbox says.
VARIANTS = ThreadPool("variants", lambda: settings().url_parallel, seconds=25)
# Asks those who sign users in.
ISSUERS = ThreadPool("issuers", lambda: 8)
# Submits what is paid for with the call: who settles payments takes seconds, and may hang.
PAYMENTS = ThreadPool("payments", lambda: 16)
STRIPE_POOL = ThreadPool("stripe", lambda: 8)
SECRETS = ThreadPool("secrets", lambda: 2)
# Cleans up by request, for twenty seconds.
SCHEDULES = ThreadPool("schedules", lambda: 2)
READINESS = ThreadPool("readiness", lambda: 1, wait=2, seconds=3)
