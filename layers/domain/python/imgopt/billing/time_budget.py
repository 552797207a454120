"""Limits the time of all calls to Stripe for one request, because the functions are stopped after 29 seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import monotonic

from imgopt.errors import Unavailable

# A call that begins just before this may still take two attempts of full length.
STRIPE_SECONDS = 10.0
_ends: ContextVar[float] = ContextVar("ends", default=inf)


@contextmanager
def limit_stripe_calls() -> Iterator[None]:
    """Limits all calls to Stripe inside the context, together."""
    before = _ends.set(monotonic() + STRIPE_SECONDS)
    try:
        yield
    finally:
        _ends.reset(before)


def check_stripe_time() -> None:
    """Raises Unavailable where the time for further calls is used up."""
    if monotonic() >= _ends.get():
        raise Unavailable("Billing takes too long to answer. Please try again.")
