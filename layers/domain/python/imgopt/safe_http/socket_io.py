"""A socket with a deadline: before each send and receive, its timeout is set to the time that is left.

It receives little besides content: http.client parses small chunks, and answers before the final one, slowly.
"""

import http.client
import io
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgopt.safe_http.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Buffer

BUFFER_BYTES = 65536
# The most bytes of a head. The framing of chunks may have as many, and an eighth of the content: 40 bytes a chunk.
MOST_HEAD, CONTENT_PER_FRAMING = 131072, 8


class TooMuchFraming(http.client.HTTPException):
    """An answer has too many headers, or its chunks are too small."""


@dataclass
class ByteCount:
    """Bytes that were received, and the most that may be."""

    received: int = 0
    most: int = MOST_HEAD


class DeadlineSocket:
    """The part of a socket that http.client uses. The function that opened the socket closes it."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline
        self._count = ByteCount()

    def sendall(self, data: "Buffer") -> None:
        """Sends all data. The socket's own `sendall` restarts its timeout for each part over TLS."""
        left = memoryview(data)
        while left:
            self._connection.settimeout(self._deadline.remaining())
            left = left[self._connection.send(left) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(Incoming(self._connection, self._deadline, self._count), BUFFER_BYTES)

    def expect(self, content: int) -> None:
        """Allows to receive `content` bytes of content, counted from the first one, and some framing."""
        self._count.most = MOST_HEAD + BUFFER_BYTES + content + content // CONTENT_PER_FRAMING

    def close(self) -> None:
        """Does nothing, because the answer may still be read."""


class Incoming(io.RawIOBase):
    """Reads headers and content. However slowly they arrive, reading ends at the deadline.

    Raises TooMuchFraming.
    """

    def __init__(self, connection: socket.socket, deadline: Deadline, count: ByteCount) -> None:
        self._connection = connection
        self._deadline = deadline
        self._count = count

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        if self._count.received > self._count.most:
            raise TooMuchFraming
        self._connection.settimeout(self._deadline.remaining())
        received = self._connection.recv_into(buffer)
        self._count.received += received
        return received
