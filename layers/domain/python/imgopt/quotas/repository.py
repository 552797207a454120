"""Counts: `RATE#<rule>#<hash of whom>#<start of the window>` in the table, gone soon after the window."""

from hashlib import sha256

from imgopt.storage import counters, table

KIND = "RATE"


def count_up(rule: str, key: str, start: int, end: int, limit: int) -> int | None:
    """The count with this request; None where it was `limit` before. `start` and `end` are seconds since 1970."""
    # Codes are secrets, and addresses are personal: neither is kept as it is.
    whom = sha256(key.encode()).hexdigest()[:32]
    return counters.count_below(limit, table.key(KIND, f"{rule}#{whom}#{start}"), end)
