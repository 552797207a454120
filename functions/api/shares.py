"""Limits on the concurrent calls of one client, so that one client can't use all of a shared pool."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import Request

from functions.api.addresses import origin_of
from imgopt.accounts.model import Principal
from imgopt.errors import RateLimited, Unavailable
from imgopt.settings import settings

RETRY_SECONDS = 5
Refusal = type[RateLimited] | type[Unavailable]
SHARED_BY_ALL = ""


class Shares:
    """At most `most` calls of one client run at a time. Others wait for at most `wait` seconds."""

    def __init__(self, most: Callable[[], int], message: str, *, wait: float, error: Refusal = RateLimited) -> None:
        self._most, self._message, self._wait, self._error = most, message, wait, error
        self._lines: dict[str, asyncio.Semaphore] = {}
        self._present: Counter[str] = Counter()

    @asynccontextmanager
    async def take(self, client: str) -> AsyncIterator[None]:
        """Holds a share while the context is open. Raises the error if none became free in time."""
        line = self._lines.setdefault(client, asyncio.Semaphore(self._most()))
        self._present[client] += 1
        try:
            await self._acquire(line)
            try:
                yield
            finally:
                line.release()
        finally:
            self._present[client] -= 1
            if not self._present[client]:
                del self._present[client], self._lines[client]

    async def _acquire(self, line: asyncio.Semaphore) -> None:
        try:
            async with asyncio.timeout(self._wait):
                await line.acquire()
        except TimeoutError:
            raise self._error(f"{self._message} Try again in {RETRY_SECONDS} s.", RETRY_SECONDS) from None


def client_of(request: Request) -> str:
    """The key of a client: a user's id, or the address of all others, as anyone can become a new guest."""
    principal: Principal | None = getattr(request.state, "principal", None)
    return principal.id if principal and not principal.is_guest else origin_of(request)


def share_of(number: int) -> int:
    return max(1, int(number * settings().client_share))


ALL_UPLOADS = Shares(
    lambda: settings().parallel_uploads, "Too many files are being uploaded.", wait=10, error=Unavailable
)
CLIENT_UPLOADS = Shares(lambda: share_of(settings().parallel_uploads), "You upload too many files at a time.", wait=10)
CLIENT_FETCHES = Shares(
    lambda: share_of(settings().parallel_fetches), "You upload too many files by URL at a time.", wait=10
)
