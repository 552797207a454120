"""Credits as compressions of one image each, for clients that count by these."""

from imgopt.credits import ledger
from imgopt.credits.model import Balance
from imgopt.settings import settings


def used_of(balance: Balance) -> int:
    return _rounded_up(balance.used)


def used_by(owner: str, period: str) -> int:
    """In the period of that name; 0 without a name, as of jobs that nothing was charged for."""
    return _rounded_up(ledger.lookup_used(owner, period).read()) if period else 0


def left_of(balance: Balance) -> int:
    return balance.remaining // _price()


def _rounded_up(used: int) -> int:
    return -(-used // _price())


def _price() -> int:
    """Where it costs nothing, a credit is one."""
    return settings().cost_compress or 1
