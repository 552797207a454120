"""Credits: how many there are, and until when."""

from dataclasses import dataclass
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
class Balance:
    """How many of `limit` credits are used. It can be more where a plan was changed for a smaller one."""

    tier: Tier
    period: Period
    limit: int
    used: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def resets_at(self) -> datetime:
        return self.period.ends
