"""Threads for each kind of work that may hang (the bulkhead pattern): what hangs there holds up nothing else.

Everything else that blocks, such as the table, runs in the threads that Starlette has for all.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import wraps
from math import inf
from typing import Any, ParamSpec, TypeVar

from imgopt.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")
BUSY = "Too much is being done at present. Please try again."
TOO_LONG = "This takes too long. Please try again."


@dataclass(frozen=True)
class ThreadPool:
    """Runs as many calls at a time as it has threads; others wait in line for at most `wait` seconds.

    After `seconds` more the caller goes on without its answer. The thread is taken until the call really ends.
    """

    threads: Executor
    wait: float = 10.0
    seconds: float = inf

    def waiting(self, seconds: float) -> "ThreadPool":
        """The same threads, for those who wait longer, or less long."""
        return replace(self, wait=seconds)

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the call returns or raises. Raises Unavailable where it does not begin or end in time."""
        future = self.threads.submit(copy_context().run, lambda: call(*args, **kwargs))
        answer = asyncio.wrap_future(future)
        if not await ends_within(answer, self.wait):
            if future.cancel():
                raise Unavailable(BUSY)
            if not await ends_within(answer, self.seconds):
                raise Unavailable(TOO_LONG)
        return await answer

    def runs(self, endpoint: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
        """For endpoints and dependencies: the same function, run by these threads."""

        @wraps(endpoint)
        async def run(*args: P.args, **kwargs: P.kwargs) -> T:
            return await self.run(endpoint, *args, **kwargs)

        return run


async def ends_within(answer: "asyncio.Future[Any]", seconds: float) -> bool:
    """Whether it does. What has not begun when nobody waits any more never does."""
    try:
        await asyncio.wait((answer,), timeout=None if seconds == inf else seconds)
    except asyncio.CancelledError:
        answer.cancel()
        raise
    return answer.done()


# Reads parts of results from S3.
DOWNLOADS = ThreadPool(ThreadPoolExecutor(16, "downloads"))
