"""The tiers that Stripe's prices buy."""

from imgopt.accounts.plans import Tier
from imgopt.errors import InvalidRequest
from imgopt.settings import settings

# Sold by contract: it has a price in Stripe, but checkout doesn't sell it.
NOT_FOR_SALE = Tier.ENTERPRISE


def tier_of(price_id: str) -> Tier | None:
    """Returns the tier of a price; None for a price that is not in the settings."""
    name = settings().stripe_prices.get(price_id)
    return Tier(name) if name else None


def check_for_sale(price_id: str) -> None:
    """Raises InvalidRequest for a price that checkout doesn't sell."""
    if tier_of(price_id) in (None, NOT_FOR_SALE):
        raise InvalidRequest("There is no such price. Use one of the prices that are for sale.")
