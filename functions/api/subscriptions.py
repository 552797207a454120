"""Subscriptions in answers of the API."""

from typing import Any

from imgopt.accounts.model import Principal
from imgopt.accounts.plans import plan_of
from imgopt.billing.model import Subscription


def present_subscription(user: Principal, found: Subscription | None) -> dict[str, Any]:
    """The fields of a subscription. They are null or false if the user never had one."""
    return {
        "tier": user.tier,
        "status": found.status if found else None,
        "price_id": found.price_id if found else None,
        "current_period_start": found.period_start if found else None,
        "current_period_end": found.period_end if found else None,
        "cancel_at_period_end": found is not None and found.ends_at == found.period_end,
        "cancel_at": found.ends_at if found else None,
        "credits_limit": plan_of(user.tier).credits,
    }
