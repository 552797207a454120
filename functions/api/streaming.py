"""Files as answers: a part is read when the client has taken the one before, and nothing is open meanwhile."""

from collections.abc import AsyncIterator, Iterator, Mapping

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from functions.api import pools
from functions.api.buffers import Buffer

# What is handed to the server at once: beyond that it waits until the client has taken most of it.
SLICE_BYTES = 128 * 1024


class PartsResponse(StreamingResponse):
    """Parts that were read into a buffer, one at a time."""

    def __init__(
        self, parts: Iterator[bytes], buffer: Buffer, headers: Mapping[str, str], media_type: str, status: int = 200
    ) -> None:
        super().__init__(slices_of(parts), status, headers, media_type)
        self._buffer = buffer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.close()

    def close(self) -> None:
        self._buffer.close()


async def slices_of(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Copies, so that nothing keeps a part beyond its time."""
    while part := await pools.DOWNLOADS.run_at_last(next, parts, b""):
        for first in range(0, len(part), SLICE_BYTES):
            yield part[first : first + SLICE_BYTES]
        del part
