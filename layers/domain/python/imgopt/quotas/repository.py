"""Counts: `RATE#<rule>#<hash of whom>#<start of the window>` in the table, gone soon after the window."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from imgopt.storage import counters, table
from imgopt.storage.lookups import Lookup

KIND = "RATE"


@dataclass(frozen=True)
class Window:
    """Of one rule and one `key`, from `start` until `end`, both in seconds since 1970.

    Rules that are counted together have one item, of which each has a number, called `count` where there is no other.
    """

    rule: str
    key: str
    start: int
    end: int
    number: str = "count"


def count_in_windows(asked: Sequence[tuple[Window, int, int]]) -> list[int | None]:
    """Counts windows of one item, each with an amount and a limit, in one write: all of them or none.

    Each count with its amount; where one would be beyond its limit, None for that, and 0 for the others.
    """
    window = asked[0][0]
    amounts = [counters.Amount(each.number, amount, limit) for each, amount, limit in asked]
    counted = counters.count_all(_key(window), amounts, window.end)
    return [None if each.number in counted.refused else counted.now.get(each.number, 0) for each, *_ in asked]


def subtract(window: Window, amount: int) -> None:
    """What has been counted there."""
    counters.add_known(_key(window), {window.number: -amount})


def lookup(window: Window) -> Lookup[int]:
    return counters.lookup(_key(window), window.number)


def _key(window: Window) -> table.Item:
    # Codes are secrets, and addresses are personal: neither is kept as it is.
    whom = sha256(window.key.encode()).hexdigest()[:32]
    return table.key(KIND, f"{window.rule}#{whom}#{window.start}")
