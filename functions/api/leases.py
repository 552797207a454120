"""Limits on requests that one client keeps open for long. On Lambda each occupies an execution environment."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from anyio import CancelScope
from starlette.concurrency import run_in_threadpool

from imgopt.errors import Unavailable
from imgopt.quotas import leases
from imgopt.quotas.leases import Lease
from imgopt.settings import settings
from imgopt.variants import usage


class Leases:
    """At most `most` requests of one kind and client at a time, counted over all processes."""

    def __init__(self, kind: str, most: Callable[[], int], message: str) -> None:
        self._kind, self._most, self._message = kind, most, message
        self._held: set[Lease] = set()

    @asynccontextmanager
    async def take(self, client: str) -> AsyncIterator[None]:
        """Holds a lease while the context is open. Raises RateLimited if the client already has `most`."""
        lease = await run_in_threadpool(leases.take_lease, self._kind, client, self._most(), self._message)
        self._held.add(lease)
        try:
            yield
        finally:
            with CancelScope(shield=True):
                await run_in_threadpool(self._release, lease)

    def release_all(self) -> None:
        """Releases all leases of this process, which ends without waiting for streams."""
        for lease in [*self._held]:
            self._release(lease)

    def _release(self, lease: Lease) -> None:
        self._held.discard(lease)
        with suppress(Unavailable):  # a lease that is not released expires
            leases.release_lease(lease)


CLIENT_STREAMS = Leases("streams", lambda: settings().max_streams_per_client, "You have too many status streams open.")
CLIENT_DOWNLOADS = Leases(
    "downloads", lambda: settings().max_downloads_per_client, "You have too many downloads running."
)
CLIENT_WAITS = Leases("waits", lambda: settings().max_waits_per_client, "You have too many calls waiting.")


@asynccontextmanager
async def released_at_the_end(_: object) -> AsyncIterator[None]:
    """The lifespan of the application: releases leases when it ends."""
    yield
    await run_in_threadpool(_release_and_write)


def _release_and_write() -> None:
    for each in (CLIENT_STREAMS, CLIENT_DOWNLOADS, CLIENT_WAITS):
        each.release_all()
    with suppress(Unavailable):
        usage.counter.write()
