"""Counting requests in fixed windows: from minute to minute, hour to hour, day to day, in UTC.

A window is one number in the table, and a request one conditional write, whether it is let through or not. A sliding
window would have to read the one before as well, and a token bucket to compute from what is there, which takes two
writes where others count, too. The price is that twice the limit can pass around the border of two windows.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from imgopt import clock
from imgopt.accounts.plans import Tier
from imgopt.quotas import repository
from imgopt.quotas.rules import Rule


@dataclass(frozen=True)
class Standing:
    """Where someone stands with a rule: `remaining` more until `resets_at`, seconds since 1970."""

    rule: Rule
    limit: int
    remaining: int
    resets_at: int
    is_refused: bool

    def seconds_left(self, now: datetime) -> int:
        """Until the next window, at least 1."""
        return max(1, math.ceil(self.resets_at - now.timestamp()))


def count(rule: Rule, key: str, tier: Tier) -> Standing:
    """Counts one request of `key` unless the limit is reached. Raises Unavailable where it can't be counted."""
    limit = rule.limit_of(tier)
    start = int(clock.now().timestamp()) // rule.seconds * rule.seconds
    counted = repository.count_up(rule.name, key, start, start + rule.seconds, limit)
    return Standing(
        rule=rule,
        limit=limit,
        remaining=0 if counted is None else max(0, limit - counted),
        resets_at=start + rule.seconds,
        is_refused=counted is None,
    )
