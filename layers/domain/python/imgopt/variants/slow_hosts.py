"""Hosts whose sources timed out repeatedly: only one request at a time is sent to them.

Otherwise one website that doesn't answer would occupy all threads for image URLs, for seconds each.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from urllib.parse import urlsplit

from imgopt.errors import SourceTimeout

SLOW_SOURCE = "The source takes too long to answer."
# One source may be slow while its host is not, so that several timeouts are needed.
MOST_LATE, SLOW_SECONDS = 4, 10.0


@dataclass
class _Host:
    """Timeouts since the last answer, until when they count, and whether a request is running."""

    failures: int = 0
    until: float = 0.0
    is_asked: bool = False

    def is_slow(self, now: float) -> bool:
        return self.failures >= MOST_LATE and self.until > now


class SlowHosts:
    def __init__(self) -> None:
        self._lock = Lock()
        self._hosts: dict[str, _Host] = {}

    @contextmanager
    def asking(self, url: str) -> Iterator[None]:
        """Surrounds a request. Raises SourceTimeout at once for a slow host to which another request is running."""
        name = urlsplit(url).netloc.lower()
        self._begin(name)
        is_late = False
        try:
            yield
        except SourceTimeout:
            is_late = True
            raise
        finally:
            self._end(name, is_late=is_late)

    def _begin(self, name: str) -> None:
        with self._lock:
            host, now = self._hosts.get(name), time.monotonic()
            if host and host.is_slow(now):
                if host.is_asked:
                    raise SourceTimeout(SLOW_SOURCE)
                host.is_asked = True

    def _end(self, name: str, *, is_late: bool) -> None:
        now = time.monotonic()
        with self._lock:
            before = self._hosts.pop(name, _Host())
            self._hosts = {each: host for each, host in self._hosts.items() if host.until > now}
            if is_late:
                failures = before.failures + 1 if before.until > now else 1
                self._hosts[name] = _Host(failures, now + SLOW_SECONDS)


slow_hosts = SlowHosts()
