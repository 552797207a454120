"""What a tier is worth at a given time. Nothing has to happen for one to end: whoever reads it asks here."""

from datetime import datetime
from typing import Protocol

from imgopt.accounts.plans import Tier


class HasTier(Protocol):
    """A user, or an entitlement: `tier` counts until `tier_until`; without end where that is None."""

    @property
    def tier(self) -> Tier: ...

    @property
    def tier_until(self) -> datetime | None: ...


def tier_at(holder: HasTier, now: datetime) -> Tier:
    """FREE once its time is over."""
    return holder.tier if holder.tier_until is None or now < holder.tier_until else Tier.FREE
