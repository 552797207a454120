"""Retries of requests: with growing delays after failures, or after the time that a busy server states."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx2

from imgopt_client.errors import Busy, ClientError, FileRefused, RetryLater, Unreachable

T = TypeVar("T")
DELAYS = (0.5, 1.0, 2.0)
MAX_WAIT = 300
ERROR_NUMBER = re.compile(r"^\[Errno -?\d+\] ")
NOT_SENDABLE = (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol)


@dataclass(frozen=True)
class RetryPolicy:
    """The policy of retries. `wait` sleeps for some seconds, and `notify` gets the reason."""

    wait: Callable[[float], None]
    notify: Callable[[str], None]

    def run(self, attempt: Callable[[], T]) -> T:
        """Calls `attempt` until it succeeds. Raises a ClientError when no more retries are left."""
        budget = RetryBudget()
        while True:
            try:
                return attempt()
            except Busy as busy:
                delay = budget.delay_after_busy(busy)
                if busy.retry_after is not None:
                    self.notify(f"the server is busy; waiting {delay:.0f} s")
            except httpx2.TransportError as error:
                delay = budget.delay_after_failure(error)
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                raise FileRefused(f"The server's answer can't be read: {error}.") from error
            self.wait(delay)


class RetryBudget:
    """The retries and the waiting time that one request has left."""

    def __init__(self) -> None:
        self.failures, self.waited = 0, 0.0

    def delay_after_busy(self, busy: Busy) -> float:
        """The seconds to wait. Raises a ClientError if the limit of retries or waiting is reached."""
        final_error: ClientError = RetryLater(str(busy)) if busy.status == 429 else Unreachable(str(busy))
        if busy.retry_after is None:
            return self.next_delay(final_error)
        self.waited += max(1.0, busy.retry_after)
        if self.waited > MAX_WAIT:
            raise RetryLater(f"{busy} (The client waits for {MAX_WAIT} s at most. Try again later.)")
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
    """The reason of a failed request, without path and query, as these may contain signatures."""
    url = error.request.url
    origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
    if isinstance(error, httpx2.TimeoutException):
        return f"{origin} did not answer in time."
    reason = ERROR_NUMBER.sub("", str(error)) or type(error).__name__
    return f"{origin} can't be reached: {reason}."


def jitter(limit: float) -> float:
    """A random delay up to `limit` seconds, so that concurrent requests are not repeated at the same time."""
    return random.uniform(0, limit)  # noqa: S311 - no secret
