"""Something that is fetched from elsewhere, kept for a while, and kept on where it can't be fetched anew."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.telemetry import logger

T = TypeVar("T")
LONGEST = 3600
# After a failure it is tried again so soon; by request, so often at most.
PAUSE, PATIENCE = timedelta(seconds=10), timedelta(seconds=60)
LONG_AGO = datetime.min.replace(tzinfo=clock.now().tzinfo)


class Kept(Generic[T]):
    """`fetch` gives it, and for how many seconds it is good, if it says; an hour is the most."""

    def __init__(self, name: str, fetch: Callable[[], tuple[T, int | None]]) -> None:
        self._name, self._fetch, self._lock = name, fetch, Lock()
        self._value: T | None = None
        self._fresh_until = self._not_before = LONG_AGO

    def get(self) -> T:
        """Raises Unavailable where it was never fetched and can't be now."""
        with self._lock:
            now = clock.now()
            if now >= self._fresh_until and now >= self._not_before:
                self._refresh(now)
            if self._value is None:
                raise Unavailable("The sign-in service did not answer. Please try again.")
            return self._value

    def renew(self) -> T:
        """Fetched anew even while it is fresh, but at most once a minute."""
        with self._lock:
            if clock.now() >= self._not_before:
                self._refresh(clock.now())
        return self.get()

    def _refresh(self, now: datetime) -> None:
        """One at a time: whoever comes meanwhile waits for the same answer."""
        try:
            self._value, seconds = self._fetch()
        except Unavailable:
            self._not_before = now + PAUSE
            logger.warning("can't be fetched", extra={"what": self._name})
            return
        self._fresh_until = now + timedelta(seconds=LONGEST if seconds is None else min(seconds, LONGEST))
        self._not_before = now + PATIENCE
