"""How many credits a principal has left."""

from datetime import datetime

from imgopt import clock
from imgopt.accounts.model import Principal
from imgopt.accounts.plans import plan_of
from imgopt.credits import ledger
from imgopt.credits.model import Balance
from imgopt.credits.periods import period_of
from imgopt.errors import OutOfCredits
from imgopt.storage.lookups import Lookup

# API Gateway gives up after 29.
REFRESH_SECONDS = 20.0


def balance(principal: Principal, now: datetime | None = None) -> Balance:
    """As it is at `now`, by default the present."""
    return lookup(principal, now or clock.now()).read()


def lookup(principal: Principal, now: datetime) -> Lookup[Balance]:
    """The balance at `now`."""
    period, limit = period_of(principal, now), plan_of(principal.tier).credits
    found = ledger.lookup_with_purchased(principal.id, period.name)
    return found.then(lambda amounts: Balance(principal.tier, period, limit, *amounts))


def check_balance(found: Balance, cost: int, payment_fault: str = "") -> None:
    """Raises OutOfCredits where less is left, with what is wrong with the payment that came, if one did."""
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
    """Removes the balances of days that are over; returns how many. Nobody waits for it to have credits again."""
    return ledger.forget_past_days(now, seconds)
