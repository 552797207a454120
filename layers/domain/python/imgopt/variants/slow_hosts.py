"""Hosts of sources that have taken too long again and again: one request at a time finds out whether they still do.

Otherwise one website that doesn't answer would hold all threads that image URLs have, for seconds each.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from urllib.parse import urlsplit

from imgopt.errors import SourceTimeout

SLOW_SOURCE = "The source takes too long to answer."
# One source may be slow where its host is not.
MOST_LATE, SLOW_SECONDS = 4, 10.0


@dataclass
class _Host:
    """How often it took too long since it answered last, until when that counts, and whether it is asked now."""

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
        """Around a request. Raises SourceTimeout at once for a slow host that somebody asks already."""
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
