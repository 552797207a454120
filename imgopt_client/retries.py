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
NOT_SENDABLE = (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol)


@dataclass(frozen=True)
class RetryPolicy:
    """`wait` takes seconds, and `notify` is told why."""

    wait: Callable[[float], None]
    notify: Callable[[str], None]

    def run(self, attempt: Callable[[], T]) -> T:
        """Raises a ClientError where it is no use to try again."""
        budget = RetryBudget()
        while True:
            try:
                return attempt()
            except Busy as busy:
                delay = budget.delay_after_busy(busy)
                if busy.retry_after is not None:
                    self.notify(f"the server asks to wait {delay:.0f} s")
            except httpx2.TransportError as error:
                delay = budget.delay_after_failure(error)
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                raise FileRefused(f"The server's answer is of no use: {error}.") from error
            self.wait(delay)


class RetryBudget:
    """What is left of the retries and the waiting of one request."""

    def __init__(self) -> None:
        self.failures, self.waited = 0, 0.0

    def delay_after_busy(self, busy: Busy) -> float:
        """Seconds to wait. Raises a ClientError where that is enough."""
        final_error: ClientError = RetryLater(str(busy)) if busy.status == 429 else Unreachable(str(busy))
        if busy.retry_after is None:
            return self.next_delay(final_error)
        self.waited += max(1.0, busy.retry_after)
        if self.waited > MAX_WAIT:
            raise RetryLater(f"{busy} (To wait {busy.retry_after:.0f} s more is too long; the limit is {MAX_WAIT}.)")
        return max(1.0, busy.retry_after) + jitter(0.5)

    def delay_after_failure(self, error: httpx2.TransportError) -> float:
        if isinstance(error, NOT_SENDABLE):
            raise FileRefused(f"The request could not be sent: {error}.")
        return self.next_delay(Unreachable(failure_message(error)))

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
