"""The memory for parts of files that clients have not received yet, shared by all answers of a process."""

from threading import Lock

from imgopt.units import MEBIBYTE

# Large parts need fewer requests to S3. If there is no memory for a large part, an answer reads small ones.
LARGE, SMALL = 8 * MEBIBYTE, MEBIBYTE // 2
PROCESS_BYTES = 64 * MEBIBYTE


class ByteQuota:
    """A number of bytes that several answers share."""

    def __init__(self, size: int) -> None:
        self._left, self._lock = size, Lock()

    def take(self, size: int) -> bool:
        """Reserves `size` bytes if so many are left, and returns whether it did."""
        with self._lock:
            fits = size <= self._left
            self._left -= size if fits else 0
            return fits

    def give_back(self, size: int) -> None:
        with self._lock:
            self._left += size


PROCESS_QUOTA = ByteQuota(PROCESS_BYTES)


class Buffer:
    """The part of a file that an answer has in memory. The first part is small: the client may never receive it."""

    def __init__(self, room: ByteQuota = PROCESS_QUOTA) -> None:
        self._room, self._taken, self._is_first = room, 0, True

    def next_size(self) -> int:
        """The size of the next part in bytes. Its memory replaces that of the part before."""
        self.close()
        if not self._is_first and self._room.take(LARGE):
            self._taken = LARGE
        self._is_first = False
        return self._taken or SMALL

    def close(self) -> None:
        self._room.give_back(self._taken)
        self._taken = 0
