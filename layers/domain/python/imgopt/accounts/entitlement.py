"""The tier at a given time. A tier's end is stored with it, and compared when it is read."""

from datetime import datetime
from typing import Protocol

from imgopt.accounts.plans import Tier


class TierHolder(Protocol):
    """A user or an entitlement: `tier` counts until `tier_until`, or without end where that is None."""

    @property
    def tier(self) -> Tier: ...

    @property
    def tier_until(self) -> datetime | None: ...


def tier_at(holder: TierHolder, now: datetime) -> Tier:
    """Returns the tier at `now`: FREE after its end."""
    return holder.tier if holder.tier_until is None or now < holder.tier_until else Tier.FREE
