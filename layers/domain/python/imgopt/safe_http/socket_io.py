"""A socket under a deadline: its timeout is what remains, before everything that it sends or receives."""

import io
import socket
from typing import TYPE_CHECKING

from imgopt.safe_http.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Buffer

BUFFER_BYTES = 65536


class DeadlineSocket:
    """As much of a socket as http.client uses. Whoever opened the socket closes it."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline

    def sendall(self, data: "Buffer") -> None:
        """Not the socket's own, which over TLS allows its timeout for every part again."""
        left = memoryview(data)
        while left:
            self._connection.settimeout(self._deadline.remaining())
            left = left[self._connection.send(left) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(Incoming(self._connection, self._deadline), BUFFER_BYTES)

    def close(self) -> None:
        """The answer may still be read."""


class Incoming(io.RawIOBase):
    """However slowly the bytes drip, and whether they are headers or content, they end with the deadline."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        self._connection.settimeout(self._deadline.remaining())
        return self._connection.recv_into(buffer)
