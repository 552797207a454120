"""Usage of image URLs by key and day: `URLUSAGE#<day>#<key>` in the table, for slightly more than a year.

Each process counts in memory, and adds its counts every few seconds, with the next request; the last counts are lost
where it is killed. Answers from a CDN's cache are not counted.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from time import monotonic

from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.storage import table

KIND = "URLUSAGE"
USAGE_KEPT = timedelta(days=400)
PAUSE_SECONDS = 10.0
USAGE_NUMBERS = ("hits", "misses", "errors", "sent_bytes")


@dataclass(frozen=True)
class UrlUsage:
    """The usage of one key on one day, `2026-01-31` in UTC. `misses` are variants that had to be made."""

    day: str
    key_name: str
    hits: int = 0
    misses: int = 0
    errors: int = 0
    sent_bytes: int = 0


class UsageCounter:
    def __init__(self) -> None:
        self._lock, self._counts, self._written_at = Lock(), Counter[tuple[str, str]](), monotonic()

    def count(self, key_name: str, **amounts: int) -> None:
        with self._lock:
            for name, amount in amounts.items():
                self._counts[key_name, name] += amount

    @property
    def is_due(self) -> bool:
        return bool(self._counts) and monotonic() - self._written_at >= PAUSE_SECONDS

    def write(self) -> None:
        """Writes all that has been counted since the last write."""
        with self._lock:
            counts, self._counts, self._written_at = self._counts, Counter(), monotonic()
        for key_name in {each for each, _ in counts}:
            amounts = {name: counts[key_name, name] for name in USAGE_NUMBERS if counts[key_name, name]}
            self._add(key_name, amounts)

    def _add(self, key_name: str, amounts: dict[str, int]) -> None:
        """Adds counts to the table. Counts that can't be written are kept for the next time."""
        try:
            table.add(table.key(KIND, f"{clock.now():%Y-%m-%d}#{key_name}"), amounts, clock.now() + USAGE_KEPT)
        except Unavailable:
            self.count(key_name, **amounts)


counter = UsageCounter()


def read_all() -> list[UrlUsage]:
    """Returns all usage, the latest day first. It reads the whole table."""
    return sorted(_read(), key=lambda each: (each.day, each.key_name), reverse=True)


def _read() -> Iterator[UrlUsage]:
    for item in table.scan(KIND):
        _, day, key_name = item["pk"].split("#", 2)
        yield UrlUsage(day, key_name, **{name: int(item.get(name, 0)) for name in USAGE_NUMBERS})
