"""What guests may have: each as much as any other, and those of one place together, whoever makes new ones."""

from collections.abc import Sequence

from imgopt.accounts.plans import Tier
from imgopt.quotas import service
from imgopt.quotas.rules import GUESTS_CREDITS

EVERYBODY = "everybody"


def count_credits(networks: Sequence[str], credits_asked: int) -> None:
    """By the address that a guest asks from, and the site of that where it is known, and all together.

    Raises RateLimited where one of them has not so many left. Credits that a guest is given back stay counted: work has
    been done for them.
    """
    address, site, everybody = GUESTS_CREDITS
    known = [*zip((address, site), networks, strict=False), (everybody, EVERYBODY)]
    for rule, key in known:
        service.spend(rule, key, Tier.UNREGISTERED, credits_asked)
