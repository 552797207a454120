"""Counts of requests: `RATE#<rule>#<hash of key>#<start of the window>` in the table; each expires soon after its
window.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from imgopt.storage import counters, table
from imgopt.storage.lookups import Lookup

KIND = "RATE"


@dataclass(frozen=True)
class Window:
    """The window of one rule and one `key`, from `start` until `end`, both in seconds since 1970.

    Rules that are counted together share one item. `number` is the name of the rule's attribute in it: `count` for a
    rule that has an item of its own.
    """

    rule: str
    key: str
    start: int
    end: int
    number: str = "count"


def count_in_windows(requested: Sequence[tuple[Window, int, int]]) -> list[int | None]:
    """Adds amounts to windows of one item in one write: to all of them or to none. `requested` has window, amount and
    limit.

    Returns each count with its amount. Where one would exceed its limit, it is None, and the others are 0.
    """
    window = requested[0][0]
    amounts = [counters.Amount(each.number, amount, limit) for each, amount, limit in requested]
    counted = counters.count_all(_key(window), amounts, window.end)
    return [None if each.number in counted.refused else counted.now.get(each.number, 0) for each, *_ in requested]


def subtract(window: Window, amount: int) -> None:
    """Subtracts an amount that was counted in the window."""
    counters.add_known(_key(window), {window.number: -amount})


def lookup(window: Window) -> Lookup[int]:
    return counters.lookup(_key(window), window.number)


def _key(window: Window) -> table.Item:
    # Codes are secrets and addresses are personal data, so that only their hashes are stored.
    whom = sha256(window.key.encode()).hexdigest()[:32]
    return table.key(KIND, f"{window.rule}#{whom}#{window.start}")
