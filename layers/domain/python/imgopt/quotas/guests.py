"""Limits on guests' credits. Guests are easy to create, so guests of one address, one site, and all guests share
limits.
"""

from collections.abc import Sequence

from imgopt.accounts.plans import Tier
from imgopt.quotas import service
from imgopt.quotas.rules import GUESTS_CREDITS

ALL_GUESTS = "everybody"


def count_credits(networks: Sequence[str], credits_asked: int) -> None:
    """Counts credits against the limits of the guest's address, of its site where that is known, and of all guests.

    Raises RateLimited where one of them has fewer left. Refunds are not subtracted, because work was done for them.
    """
    address, site, everybody = GUESTS_CREDITS
    known = [*zip((address, site), networks, strict=False), (everybody, ALL_GUESTS)]
    for rule, key in known:
        service.spend(rule, key, Tier.UNREGISTERED, credits_asked)
