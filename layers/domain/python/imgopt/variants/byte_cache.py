"""What was used last, in memory, up to so many bytes in all."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class ByteCache(Generic[V]):
    """Of what is put there, the least recently used goes first. What is larger than a quarter of it is not kept."""

    def __init__(self, most: Callable[[], int]) -> None:
        self._most, self._lock = most, Lock()
        self._values: OrderedDict[object, tuple[V, int]] = OrderedDict()
        self.size = 0

    def get(self, key: object) -> V | None:
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: object, value: V, size: int) -> None:
        """`size` is in bytes."""
        most = self._most()
        with self._lock:
            self._drop(key)
            if size > most // 4:
                return
            self._values[key] = (value, size)
            self.size += size
            while self.size > most:
                self._drop(next(iter(self._values)))

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self.size = 0

    def _drop(self, key: object) -> None:
        if key in self._values:
            self.size -= self._values.pop(key)[1]
