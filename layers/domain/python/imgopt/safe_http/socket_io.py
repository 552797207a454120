"""A socket with a deadline: before each send and receive, its timeout is set to the time that is left."""

import io
import socket
from typing import TYPE_CHECKING

from imgopt.safe_http.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Buffer

BUFFER_BYTES = 65536


class DeadlineSocket:
    """The part of a socket that http.client uses. The function that opened the socket closes it."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline

    def sendall(self, data: "Buffer") -> None:
        """Sends all data. The socket's own `sendall` restarts its timeout for each part over TLS."""
        left = memoryview(data)
        while left:
            self._connection.settimeout(self._deadline.remaining())
            left = left[self._connection.send(left) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(Incoming(self._connection, self._deadline), BUFFER_BYTES)

    def close(self) -> None:
        """Does nothing, because the answer may still be read."""


class Incoming(io.RawIOBase):
    """Reads headers and content. However slowly they arrive, reading ends at the deadline."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        self._connection.settimeout(self._deadline.remaining())
        return self._connection.recv_into(buffer)
