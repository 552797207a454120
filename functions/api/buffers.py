"""How much of files may wait in memory for clients to take it, in all answers of a process together."""

from threading import Lock

from imgopt.units import MEBIBYTE

# Large parts cost fewer requests to S3. Where there is no room for one, an answer goes on with small ones.
LARGE, SMALL = 8 * MEBIBYTE, MEBIBYTE // 2
ROOM = 64 * MEBIBYTE


class Room:
    """Bytes that are shared by those who ask."""

    def __init__(self, size: int) -> None:
        self._left, self._lock = size, Lock()

    def take(self, size: int) -> bool:
        """Whether there is so much left; then it is taken."""
        with self._lock:
            fits = size <= self._left
            self._left -= size if fits else 0
            return fits

    def give_back(self, size: int) -> None:
        with self._lock:
            self._left += size


ROOM_OF_PROCESS = Room(ROOM)


class Buffer:
    """The part of a file that one answer holds at a time. The first is small: its client may never take it."""

    def __init__(self, room: Room = ROOM_OF_PROCESS) -> None:
        self._room, self._taken, self._is_first = room, 0, True

    def next_size(self) -> int:
        """How many bytes may be read next, in place of those before."""
        self.close()
        if not self._is_first and self._room.take(LARGE):
            self._taken = LARGE
        self._is_first = False
        return self._taken or SMALL

    def close(self) -> None:
        self._room.give_back(self._taken)
        self._taken = 0
