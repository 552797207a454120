"""Subscriptions, as Stripe describes them, and the entitlement that follows. Times are in UTC."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from imgopt.accounts.plans import Tier


class SubscriptionStatus(StrEnum):
    """Stripe's statuses that this service knows. Stripe may add others."""

    ACTIVE = "active"
    TRIALING = "trialing"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    INCOMPLETE = "incomplete"
    INCOMPLETE_EXPIRED = "incomplete_expired"
    CANCELED = "canceled"


# Subscriptions that are paid for, or will be after their trial.
PAID_STATUSES = (SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIALING)
# Subscriptions that never began or have ended. The billing portal can't manage them.
CLOSED_STATUSES = (SubscriptionStatus.INCOMPLETE, SubscriptionStatus.INCOMPLETE_EXPIRED, SubscriptionStatus.CANCELED)


@dataclass(frozen=True)
class Subscription:
    """A subscription as Stripe last described it.

    `ends_at` is the time at which a cancelled one ends; None where it isn't cancelled.
    """

    id: str
    status: str
    price_id: str
    created_at: datetime
    period_start: datetime
    period_end: datetime
    ends_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status not in CLOSED_STATUSES


@dataclass(frozen=True)
class Entitlement:
    """A user's tier, and when it ends unless Stripe reports a renewal. `subscription` may have ended."""

    tier: Tier = Tier.FREE
    tier_until: datetime | None = None
    subscription: Subscription | None = None


@dataclass(frozen=True)
class BillingAccount:
    """A user as Stripe's customer.

    `version` counts the writes of `standing`, the entitlement. `checkout_id` is the id of the one session of Stripe
    Checkout that may still be open; "" before the first one.
    """

    user_id: str
    customer_id: str
    version: int = 0
    checkout_id: str = ""
    standing: Entitlement = field(default_factory=Entitlement)
