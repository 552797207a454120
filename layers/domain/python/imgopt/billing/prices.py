"""Which price in Stripe buys which tier."""

from imgopt.accounts.plans import Tier
from imgopt.errors import InvalidRequest
from imgopt.settings import settings

# By contract: its price is in Stripe, but not for sale.
NOT_FOR_SALE = Tier.ENTERPRISE


def tier_of(price_id: str) -> Tier | None:
    """None for a price that the settings don't name."""
    name = settings().stripe_prices.get(price_id)
    return Tier(name) if name else None


def check_for_sale(price_id: str) -> None:
    """Raises InvalidRequest."""
    if tier_of(price_id) in (None, NOT_FOR_SALE):
        raise InvalidRequest("There is no such price.")
