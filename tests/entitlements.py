"""Tiers of users, given as by Stripe's events."""

from imgopt import clock
from imgopt.billing import repository
from imgopt.billing.model import BillingAccount, Entitlement


def entitle(user_id: str, entitlement: Entitlement) -> None:
    """Raises ConditionFailed where there is no such user."""
    account = repository.find(user_id) or repository.add(BillingAccount(user_id, f"cus_{user_id}"))
    repository.apply_event(f"evt_{account.version}_{user_id}", account, entitlement, clock.now())
