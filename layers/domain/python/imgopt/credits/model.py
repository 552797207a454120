"""Credits: how many a principal has, and until when."""

from dataclasses import dataclass, replace
from datetime import datetime

from imgopt.accounts.plans import Tier


@dataclass(frozen=True)
class Period:
    """The time for which credits are given. `ends` is its first moment that doesn't belong to it.

    `name` is unique among a principal's periods: the date of a day, or the time at which a paid month began, in UTC and
    ISO 8601.
    """

    name: str
    ends: datetime


@dataclass(frozen=True)
class Purchased:
    """Purchased credits, which belong to no period: how many were bought in all, and how many of them are used."""

    bought: int = 0
    used: int = 0

    @property
    def remaining(self) -> int:
        return self.bought - self.used


NO_PURCHASES = Purchased()


@dataclass(frozen=True)
class Balance:
    """How many of a period's `limit` credits are used, and the purchased credits.

    `used` can exceed `limit` after a change to a smaller plan. Credits of the period are used first, because they end
    with it.
    """

    tier: Tier
    period: Period
    limit: int
    used: int
    purchased: Purchased = NO_PURCHASES

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used) + self.purchased.remaining

    def without_period(self) -> "Balance":
        """Returns the balance with all of the period's credits counted as used."""
        return replace(self, used=max(self.used, self.limit))

    def of_period(self, cost: int) -> int:
        """Returns how many credits of a cost the period pays."""
        return min(cost, max(0, self.limit - self.used))

    @property
    def resets_at(self) -> datetime:
        return self.period.ends
