"""The balance of a principal."""

from datetime import datetime

from imgopt import clock
from imgopt.accounts.model import Principal
from imgopt.accounts.plans import plan_of
from imgopt.credits import ledger
from imgopt.credits.model import Balance
from imgopt.credits.periods import period_of
from imgopt.errors import OutOfCredits
from imgopt.storage.lookups import Lookup

# API Gateway ends a call after 29 s.
REFRESH_SECONDS = 20.0


def balance(principal: Principal, now: datetime | None = None) -> Balance:
    """Returns the balance at `now`, by default at present."""
    return lookup(principal, now or clock.now()).read()


def lookup(principal: Principal, now: datetime) -> Lookup[Balance]:
    """Looks up the balance at `now`."""
    period, limit = period_of(principal, now), plan_of(principal.tier).credits
    found = ledger.lookup_with_purchased(principal.id, period.name)
    return found.then(lambda amounts: Balance(principal.tier, period, limit, *amounts))


def check_balance(found: Balance, cost: int, payment_fault: str = "") -> None:
    """Raises OutOfCredits where fewer credits than `cost` are left.

    `payment_fault` says what is wrong with the payment that came with the call; "" where none came.
    """
    if cost > found.remaining:
        raise OutOfCredits(
            found.tier.value,
            needed=cost,
            remaining=found.remaining,
            limit=found.limit,
            resets_at=found.resets_at,
            payment_fault=payment_fault,
        )


def refresh(now: datetime, seconds: float = REFRESH_SECONDS) -> int:
    """Removes the balances of past days and returns how many. New periods don't depend on it."""
    return ledger.forget_past_days(now, seconds)
