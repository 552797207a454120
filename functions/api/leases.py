"""What a client may hold open for long. On Lambda each takes a function of its own, of those that one account has."""

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
    """At most `most` of one kind and client at a time, in all processes together."""

    def __init__(self, kind: str, most: Callable[[], int], message: str) -> None:
        self._kind, self._most, self._message = kind, most, message
        self._held: set[Lease] = set()

    @asynccontextmanager
    async def take(self, client: str) -> AsyncIterator[None]:
        """Raises RateLimited where the client has so many already."""
        lease = await run_in_threadpool(leases.take_lease, self._kind, client, self._most(), self._message)
        self._held.add(lease)
        try:
            yield
        finally:
            with CancelScope(shield=True):
                await run_in_threadpool(self._release, lease)

    def release_all(self) -> None:
        """For a process that ends: it waits for nobody's stream."""
        for lease in [*self._held]:
            self._release(lease)

    def _release(self, lease: Lease) -> None:
        self._held.discard(lease)
        with suppress(Unavailable):  # it is forgotten with its window
            leases.release_lease(lease)


CLIENT_STREAMS = Leases("streams", lambda: settings().max_streams_per_client, "You have too many status streams open.")
CLIENT_DOWNLOADS = Leases(
    "downloads", lambda: settings().max_downloads_per_client, "You have too many downloads under way."
)
CLIENT_WAITS = Leases("waits", lambda: settings().max_waits_per_client, "You have too many calls waiting.")


@asynccontextmanager
async def released_at_the_end(_: object) -> AsyncIterator[None]:
    """The application's lifespan."""
    yield
    for each in (CLIENT_STREAMS, CLIENT_DOWNLOADS, CLIENT_WAITS):
        await run_in_threadpool(each.release_all)
    with suppress(Unavailable):
        await run_in_threadpool(usage.counter.write)
