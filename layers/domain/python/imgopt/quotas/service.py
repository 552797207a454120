"""Counts requests in fixed windows of a minute, an hour or a day, in UTC.

A window is one number in the table. A request is one conditional write, allowed or not. A sliding window would also
read the previous window, and a token bucket would need two writes under contention. The price of fixed windows: up to
twice the limit can pass around the border of two windows.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from imgopt import clock
from imgopt.accounts.plans import Tier
from imgopt.errors import RateLimited
from imgopt.quotas import repository
from imgopt.quotas.repository import Window
from imgopt.quotas.rules import Rule
from imgopt.storage.lookups import Lookup


@dataclass(frozen=True)
class QuotaStatus:
    """The state of one rule for one key: `remaining` requests until `resets_at`, in seconds since 1970."""

    rule: Rule
    limit: int
    remaining: int
    resets_at: int
    is_refused: bool

    def seconds_left(self, now: datetime) -> int:
        """Returns the seconds until the next window, at least 1."""
        return max(1, math.ceil(self.resets_at - now.timestamp()))


def count(rule: Rule, key: str, tier: Tier, amount: int = 1) -> QuotaStatus:
    """Counts a request of `key`, or the amount that it asks for, unless the limit would be exceeded.

    Raises Unavailable where DynamoDB does not answer.
    """
    (status,) = count_together([(rule, amount)], key, tier)
    return status


def count_together(requested: Sequence[tuple[Rule, int]], key: str, tier: Tier) -> list[QuotaStatus]:
    """Counts an amount for each rule in one write: for all of them, or for none where one limit would be exceeded.

    The rules must share one item (`Rule.counted_with`).
    """
    windows = [(window_of(rule, key), amount, rule.limit_of(tier)) for rule, amount in requested]
    counts = repository.count_in_windows(windows)
    return [
        QuotaStatus(
            rule=rule,
            limit=limit,
            remaining=0 if counted is None else max(0, limit - counted),
            resets_at=window.end,
            is_refused=counted is None,
        )
        for (rule, _), (window, _, limit), counted in zip(requested, windows, counts, strict=True)
    ]


def spend(rule: Rule, key: str, tier: Tier, amount: int) -> None:
    """Counts an amount. Raises RateLimited where less is left."""
    if amount:
        admit(count(rule, key, tier, amount))


def take_back(rule: Rule, key: str, amount: int, resets_at: int) -> None:
    """Subtracts an amount that was counted in the window that ends at `resets_at`."""
    window = window_of(rule, key)
    if window.end == resets_at:  # an earlier window limits nothing any more
        repository.subtract(window, amount)


def lookup(rule: Rule, key: str, tier: Tier) -> Lookup[QuotaStatus]:
    """Looks up the state of a rule for `key` without counting. `is_refused` is true where nothing remains."""
    limit, window = rule.limit_of(tier), window_of(rule, key)
    return repository.lookup(window).then(
        lambda counted: QuotaStatus(rule, limit, max(0, limit - counted), window.end, is_refused=counted >= limit)
    )


def admit(status: QuotaStatus) -> None:
    """Raises RateLimited where the limit has been reached."""
    if status.is_refused:
        seconds = status.seconds_left(clock.now())
        raise RateLimited(f"{status.rule.message} Try again in {seconds} s.", seconds)


def window_of(rule: Rule, key: str) -> Window:
    """Returns the present window of a rule for a key."""
    start = int(clock.now().timestamp()) // rule.seconds * rule.seconds
    number = rule.name.replace("-", "_") if rule.counted_with else "count"
    return Window(rule.counted_with or rule.name, key, start, start + rule.seconds, number)
