"""Keeps a value of another service for at most an hour, or for at most a day while it can't be fetched again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.telemetry import logger

T = TypeVar("T")
MAX_LIFETIME = 3600
# Bridges an outage of an issuer. Longer would be unsafe: the issuer may have revoked a stolen key meanwhile.
MAX_STALENESS = timedelta(days=1)
# The pause after a failed fetch, and the shortest time between two fetches on request.
PAUSE, MIN_REFRESH_INTERVAL = timedelta(seconds=10), timedelta(seconds=60)
LONG_AGO = datetime.min.replace(tzinfo=clock.now().tzinfo)


class TtlCache(Generic[T]):
    """`fetch` returns the value and its lifetime in seconds, or None for an hour, the maximum.

    `unavailable` is the message of the error where it can't be fetched; `name` is its name in logs.
    """

    def __init__(self, name: str, fetch: Callable[[], tuple[T, int | None]], unavailable: str) -> None:
        self._name, self._fetch, self._unavailable, self._lock = name, fetch, unavailable, Lock()
        self._value: T | None = None
        self._fresh_until = self._not_before = self._old_at = LONG_AGO

    def get(self) -> T:
        """Returns the value. While an old value exists, only the thread that fetches a new one waits.

        Raises Unavailable where it can't be fetched and is older than a day.
        """
        if self._is_due() and self._lock.acquire(blocking=self._find() is None):
            try:
                if self._is_due():
                    self._refresh()
            finally:
                self._lock.release()
        found = self._find()
        if found is None:
            raise Unavailable(self._unavailable)
        return found

    def renew(self) -> T:
        """Returns the value, fetched again unless that was done less than a minute ago."""
        with self._lock:
            if clock.now() >= self._not_before:
                self._refresh()
        return self.get()

    def _is_due(self) -> bool:
        return clock.now() >= max(self._fresh_until, self._not_before)

    def _find(self) -> T | None:
        return self._value if clock.now() < self._old_at else None

    def _refresh(self) -> None:
        """Fetches the value; one thread at a time. Pauses begin at the end of an attempt."""
        try:
            self._value, seconds = self._fetch()
        except Unavailable:
            self._not_before = clock.now() + PAUSE
            logger.warning("can't be fetched", extra={"what": self._name})
            return
        now = clock.now()
        self._old_at, self._not_before = now + MAX_STALENESS, now + MIN_REFRESH_INTERVAL
        self._fresh_until = now + timedelta(seconds=MAX_LIFETIME if seconds is None else min(seconds, MAX_LIFETIME))
