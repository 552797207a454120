"""Files as answers. A part is read once the client has received the one before; no connection to S3 stays open."""

from collections.abc import AsyncIterator, Iterator, Mapping

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from functions.api import pools
from functions.api.buffers import Buffer

# The bytes that are passed to the server at once. The server waits until the client has received most of them.
SLICE_BYTES = 128 * 1024


class PartsResponse(StreamingResponse):
    """An answer of parts that are read into a buffer, one at a time."""

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
    """The parts in slices. Slices are copies, so that the memory of a part can be reused."""
    while part := await pools.DOWNLOADS.run_at_last(next, parts, b""):
        for first in range(0, len(part), SLICE_BYTES):
            yield part[first : first + SLICE_BYTES]
        del part
