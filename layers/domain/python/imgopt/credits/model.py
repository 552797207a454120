"""Credits: how many there are, and until when."""

from dataclasses import dataclass, replace
from datetime import datetime

from imgopt.accounts.plans import Tier


@dataclass(frozen=True)
class Period:
    """The time for which credits are given. It ends just before `ends`.

    Its name sets it apart from a principal's others: the date of a day, or the time at which a paid month began, in UTC
    and by ISO 8601.
    """

    name: str
    ends: datetime


@dataclass(frozen=True)
class Purchased:
    """Credits that were bought one by one, and belong to no period: how many there ever were, and are used."""

    bought: int = 0
    used: int = 0

    @property
    def remaining(self) -> int:
        return self.bought - self.used


NO_PURCHASES = Purchased()


@dataclass(frozen=True)
class Balance:
    """How many of `limit` credits are used. It can be more where a plan was changed for a smaller one.

    Those of the period are used first, as they are gone with it.
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
        """As if all of the period's own were used."""
        return replace(self, used=max(self.used, self.limit))

    def of_period(self, cost: int) -> int:
        """How much of a cost the period's own credits pay."""
        return min(cost, max(0, self.limit - self.used))

    @property
    def resets_at(self) -> datetime:
        return self.period.ends
