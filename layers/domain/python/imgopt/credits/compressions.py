"""Credits counted in compressions of one image each, for clients that count in this unit."""

from imgopt.credits import ledger
from imgopt.credits.model import Balance
from imgopt.settings import settings


def used_of(balance: Balance) -> int:
    return _rounded_up(balance.used)


def used_by(owner: str, period: str) -> int:
    """Returns how many compressions an owner has used in a period; 0 for an empty name, which jobs without a charge
    have.
    """
    return _rounded_up(ledger.lookup_used(owner, period).read()) if period else 0


def left_of(balance: Balance) -> int:
    return balance.remaining // _price()


def _rounded_up(used: int) -> int:
    return -(-used // _price())


def _price() -> int:
    """Returns the credits of one compression. Where compression is free, the price is 1, so that it can be
    divided by.
    """
    return settings().cost_compress or 1
