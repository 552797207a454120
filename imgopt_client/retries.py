"""Trying again: with growing delays after failures, as long as the server asks for where it is busy."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx2

from imgopt_client.errors import Busy, ClientError, RateLimited, Refused, Unreachable

T = TypeVar("T")
DELAYS = (0.5, 1.0, 2.0)
LONGEST_WAIT = 300
# After these the server has seen nothing of the request.
NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
OUR_FAULT = (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol)


@dataclass(frozen=True)
class Retries:
    """`pause` waits and `say` tells people why."""

    pause: Callable[[float], None]
    say: Callable[[str], None]

    def run(self, attempt: Callable[[], T], *, repeatable: bool = True) -> T:
        """What is not repeatable is tried again only where the first try can't have had an effect."""
        patience = Patience()
        while True:
            try:
                return attempt()
            except Busy as busy:
                delay = patience.after_busy(busy, repeatable=repeatable)
                if busy.retry_after is not None:
                    self.say(f"the server asks to wait {delay:.0f} s")
            except httpx2.TransportError as error:
                delay = patience.after_failure(error, repeatable=repeatable)
            self.pause(delay)


class Patience:
    """How much of it is left for one request."""

    def __init__(self) -> None:
        self.failures, self.waited = 0, 0.0

    def after_busy(self, busy: Busy, *, repeatable: bool) -> float:
        """Seconds to wait. Raises a ClientError where that is enough."""
        otherwise: ClientError = RateLimited(str(busy)) if busy.status == 429 else Unreachable(str(busy))
        if not repeatable and busy.status in (502, 504):
            raise otherwise
        if busy.retry_after is None:
            return self.next_delay(otherwise)
        self.waited += max(1.0, busy.retry_after)
        if self.waited > LONGEST_WAIT:
            raise RateLimited(
                f"{busy} (To wait {busy.retry_after:.0f} s more is too long; the limit is {LONGEST_WAIT}.)"
            )
        return max(1.0, busy.retry_after) + jitter(0.5)

    def after_failure(self, error: httpx2.TransportError, *, repeatable: bool) -> float:
        if isinstance(error, OUR_FAULT):
            raise Refused(f"The request could not be sent: {error}.")
        otherwise = Unreachable(describe(error))
        if not repeatable and not isinstance(error, NEVER_SENT):
            raise otherwise
        return self.next_delay(otherwise)

    def next_delay(self, otherwise: ClientError) -> float:
        if self.failures == len(DELAYS):
            raise otherwise
        self.failures += 1
        return DELAYS[self.failures - 1] + jitter(0.2)


def describe(error: httpx2.TransportError) -> str:
    """Without path and query, which may hold signatures."""
    url = error.request.url
    origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
    if isinstance(error, httpx2.TimeoutException):
        return f"{origin} did not answer in time."
    return f"{origin} can't be reached: {error or type(error).__name__}."


def jitter(most: float) -> float:
    """So that parallel requests don't come back together."""
    return random.uniform(0, most)  # noqa: S311 - no secret
