"""How long Stripe is asked on behalf of one request: the functions that do so are stopped after 29 seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import monotonic

from imgopt.errors import Unavailable

# What is begun just before may still take two attempts of as long as each may take.
STRIPE_SECONDS = 10.0
_ends: ContextVar[float] = ContextVar("ends", default=inf)


@contextmanager
def limit_stripe_calls() -> Iterator[None]:
    """For all that is asked within it, together."""
    before = _ends.set(monotonic() + STRIPE_SECONDS)
    try:
        yield
    finally:
        _ends.reset(before)


def check_stripe_time() -> None:
    """Raises Unavailable where it is too late to ask for more."""
    if monotonic() >= _ends.get():
        raise Unavailable("Billing takes too long to answer. Please try again.")
