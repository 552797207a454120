"""Subscriptions: what Stripe says of them, and what they are worth here. Times are in UTC."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from imgopt.accounts.plans import Tier


class SubscriptionStatus(StrEnum):
    """What the service knows of Stripe's statuses; others may come."""

    ACTIVE = "active"
    TRIALING = "trialing"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    INCOMPLETE = "incomplete"
    INCOMPLETE_EXPIRED = "incomplete_expired"
    CANCELED = "canceled"


# They are paid for, or will be once their trial is over.
PAID_STATUSES = (SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIALING)
# They never began, or are over: nothing can be done with them in the billing portal.
CLOSED_STATUSES = (SubscriptionStatus.INCOMPLETE, SubscriptionStatus.INCOMPLETE_EXPIRED, SubscriptionStatus.CANCELED)


@dataclass(frozen=True)
class Subscription:
    """As Stripe described it when it was last asked.

    `ends_at` is the time for which it has been cancelled, None where it goes on.
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
    """What a user has, and until when if nothing more is heard. The subscription may be worth nothing any more."""

    tier: Tier = Tier.FREE
    tier_until: datetime | None = None
    subscription: Subscription | None = None


@dataclass(frozen=True)
class BillingAccount:
    """A user as Stripe's customer.

    `version` counts how often `standing`, its entitlement, was written. `checkout_id` is that of the one session of
    Stripe Checkout that may still be open; empty where there was none yet.
    """

    user_id: str
    customer_id: str
    version: int = 0
    checkout_id: str = ""
    standing: Entitlement = field(default_factory=Entitlement)
