"""Counts: `RATE#<rule>#<hash of whom>#<start of the window>` in the table, gone soon after the window."""

from dataclasses import dataclass
from hashlib import sha256

from imgopt.storage import counters, table
from imgopt.storage.lookups import Lookup

KIND = "RATE"


@dataclass(frozen=True)
class Window:
    """Of one rule and one `key`, from `start` until `end`, both in seconds since 1970."""

    rule: str
    key: str
    start: int
    end: int


def count_in_window(window: Window, amount: int, limit: int) -> int | None:
    """The count with this amount; None where that would be more than `limit`."""
    return counters.count_up(_key(window), amount, limit, window.end)


def lookup(window: Window) -> Lookup[int]:
    return counters.lookup(_key(window))


def _key(window: Window) -> table.Item:
    # Codes are secrets, and addresses are personal: neither is kept as it is.
    whom = sha256(window.key.encode()).hexdigest()[:32]
    return table.key(KIND, f"{window.rule}#{whom}#{window.start}")
