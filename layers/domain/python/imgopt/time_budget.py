"""Limits the time of all calls to AWS for one request or stage, together.

Functions are stopped at their timeout, and API Gateway ends calls after 29 seconds. A function that is stopped can't
answer that a retry is worthwhile. So no attempt begins after the limit, and `Unavailable` is raised instead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import monotonic

from imgopt.errors import Unavailable


class AttemptDeadline:
    """The time after which no attempt may begin. Threads share it with the context that they copied."""

    def __init__(self, ends: float = inf) -> None:
        self.ends = ends

    def lift(self) -> None:
        """Removes the limit for work that goes on after the answer has begun, such as a stream."""
        self.ends = inf


_limit: ContextVar[AttemptDeadline] = ContextVar("limit", default=AttemptDeadline())  # noqa: B039 - the default is never lifted


@contextmanager
def limit_calls(seconds: float) -> Iterator[AttemptDeadline]:
    """Limits all calls inside the context. An earlier limit of an outer context still holds."""
    made = AttemptDeadline(min(monotonic() + seconds, _limit.get().ends))
    before = _limit.set(made)
    try:
        yield made
    finally:
        _limit.reset(before)


def seconds_left() -> float:
    """Returns the seconds in which an attempt may begin."""
    return _limit.get().ends - monotonic()


def check() -> None:
    """Raises Unavailable where no further attempt may begin."""
    if monotonic() >= _limit.get().ends:
        raise Unavailable("Storage takes too long to answer. Please try again.")
