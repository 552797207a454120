"""A cache in memory with a limit on bytes."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class ByteCache(Generic[V]):
    """A least-recently-used cache. A value larger than a quarter of the limit isn't kept."""

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
        """Adds a value. `size` is in bytes."""
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
