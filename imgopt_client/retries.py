"""Trying again: with growing delays after failures, as long as the server asks for where it is busy."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx2

from imgopt_client.errors import Busy, ClientError, FileRefused, RetryLater, Unreachable

T = TypeVar("T")
DELAYS = (0.5, 1.0, 2.0)
MAX_WAIT = 300
# After these the server has seen nothing of the request.
NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
NOT_SENDABLE = (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol)


@dataclass(frozen=True)
class RetryPolicy:
    """`wait` takes seconds, and `notify` is told why."""

    wait: Callable[[float], None]
    notify: Callable[[str], None]

    def run(self, attempt: Callable[[], T], *, repeatable: bool = True) -> T:
        """What is not repeatable is tried again only where the first try can't have had an effect."""
        budget = RetryBudget()
        while True:
            try:
                return attempt()
            except Busy as busy:
                delay = budget.delay_after_busy(busy, repeatable=repeatable)
                if busy.retry_after is not None:
                    self.notify(f"the server asks to wait {delay:.0f} s")
            except httpx2.TransportError as error:
                delay = budget.delay_after_failure(error, repeatable=repeatable)
            self.wait(delay)


class RetryBudget:
    """What is left of the retries and the waiting of one request."""

    def __init__(self) -> None:
        self.failures, self.waited = 0, 0.0

    def delay_after_busy(self, busy: Busy, *, repeatable: bool) -> float:
        """Seconds to wait. Raises a ClientError where that is enough."""
        final_error: ClientError = RetryLater(str(busy)) if busy.status == 429 else Unreachable(str(busy))
        if not repeatable and busy.status in (502, 504):
            raise final_error
        if busy.retry_after is None:
            return self.next_delay(final_error)
        self.waited += max(1.0, busy.retry_after)
        if self.waited > MAX_WAIT:
            raise RetryLater(f"{busy} (To wait {busy.retry_after:.0f} s more is too long; the limit is {MAX_WAIT}.)")
        return max(1.0, busy.retry_after) + jitter(0.5)

    def delay_after_failure(self, error: httpx2.TransportError, *, repeatable: bool) -> float:
        if isinstance(error, NOT_SENDABLE):
            raise FileRefused(f"The request could not be sent: {error}.")
        final_error = Unreachable(failure_message(error))
        if not repeatable and not isinstance(error, NEVER_SENT):
            raise final_error
        return self.next_delay(final_error)

    def next_delay(self, final_error: ClientError) -> float:
        if self.failures == len(DELAYS):
            raise final_error
        self.failures += 1
        return DELAYS[self.failures - 1] + jitter(0.2)


def failure_message(error: httpx2.TransportError) -> str:
    """Without path and query, which may hold signatures."""
    url = error.request.url
    origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
    if isinstance(error, httpx2.TimeoutException):
        return f"{origin} did not answer in time."
    return f"{origin} can't be reached: {error or type(error).__name__}."


def jitter(limit: float) -> float:
    """So that parallel requests don't come back together."""
    return random.uniform(0, limit)  # noqa: S311 - no secret
