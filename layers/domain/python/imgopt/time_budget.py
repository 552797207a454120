"""How long AWS is asked on behalf of one request or stage, all its calls together.

Functions are stopped when their time is over, and API Gateway gives up after 29 seconds: whoever is stopped can't say
that it is worth trying again. So no attempt begins after a limit, and what fails then is `Unavailable`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import monotonic

from imgopt.errors import Unavailable


class AttemptDeadline:
    """A moment after which no attempt begins. Threads that copied the context see it lifted, too."""

    def __init__(self, ends: float = inf) -> None:
        self.ends = ends

    def lift(self) -> None:
        """For what goes on after the answer has begun, such as a stream."""
        self.ends = inf


_limit: ContextVar[AttemptDeadline] = ContextVar("limit", default=AttemptDeadline())  # noqa: B039 - nobody lifts the one that never ends


@contextmanager
def limit_calls(seconds: float) -> Iterator[AttemptDeadline]:
    """For all that is asked within it. A limit around it that ends sooner still holds."""
    made = AttemptDeadline(min(monotonic() + seconds, _limit.get().ends))
    before = _limit.set(made)
    try:
        yield made
    finally:
        _limit.reset(before)


def seconds_left() -> float:
    """Seconds in which an attempt may begin."""
    return _limit.get().ends - monotonic()


def check() -> None:
    """Raises Unavailable where it is too late to ask for more."""
    if monotonic() >= _limit.get().ends:
        raise Unavailable("Storage takes too long to answer. Please try again.")
