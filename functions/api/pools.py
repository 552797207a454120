"""A thread pool for each kind of work that may hang (the bulkhead pattern), so that it does not block other work.

Other blocking work, which is access to the table, runs in Starlette's threads.
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
BUSY = "The service is busy. Please try again."
TAKES_TOO_LONG = "The request took too long. Please try again."


class ThreadPool:
    """Runs as many calls at a time as it has threads. Other calls wait for at most `wait` seconds.

    A caller gets an error if its call runs for more than `seconds`. The thread is occupied until the call ends.
    """

    def __init__(self, name: str, size: Callable[[], int], *, wait: float = 10.0, seconds: float = inf) -> None:
        self._name, self._size = name, size
        self._wait, self._seconds = wait, seconds

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._size(), self._name)

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Returns or raises what the call does. Raises Unavailable if it does not begin or end in time."""
        return await self._run(self._wait, lambda: call(*args, **kwargs))

    async def run_at_last(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a call that can no longer be refused: it waits for a thread without limit."""
        return await self._run(inf, lambda: call(*args, **kwargs))

    def runs(self, endpoint: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
        """Decorates an endpoint or dependency: it runs in this pool."""

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
    """Whether the answer is there within `seconds`. If the waiting task is cancelled, a call that waits is, too."""
    try:
        await asyncio.wait((answer,), timeout=None if seconds == inf else seconds)
    except asyncio.CancelledError:
        answer.cancel()
        raise
    return answer.done()


# Submits and stops jobs, with many calls to AWS for each.
JOBS = ThreadPool("jobs", lambda: 40)
# Reads parts of results from S3.
DOWNLOADS = ThreadPool("downloads", lambda: 16)
# Checks uploads and stores them. `imgopt.files.inspection` limits how many are checked at a time.
UPLOADS = ThreadPool("uploads", lambda: settings().parallel_uploads, seconds=60)
# Fetches files from other servers.
FETCHES = ThreadPool("fetches", lambda: settings().parallel_fetches, seconds=60)
# Finds and makes variants of image URLs, and waits for those that another request makes. The sandbox limits how many
# are made at a time.
VARIANTS = ThreadPool("variants", lambda: settings().url_parallel, seconds=25)
# Asks OIDC issuers.
ISSUERS = ThreadPool("issuers", lambda: 8)
# Submits jobs that are paid by x402. The facilitator takes seconds, and may hang.
PAYMENTS = ThreadPool("payments", lambda: 16)
STRIPE_POOL = ThreadPool("stripe", lambda: 8)
SECRETS = ThreadPool("secrets", lambda: 2)
# Runs a cleanup that a request asks for, for 20 seconds.
SCHEDULES = ThreadPool("schedules", lambda: 2)
READINESS = ThreadPool("readiness", lambda: 1, wait=2, seconds=3)
