"""Makes a value once for many concurrent requests, by a lease in the table with conditional writes.

`MAKING#<name>` has the holder, and until when its lease is valid. The holder renews it; when its process has died,
another request takes over. The outcome, done or the error, stays there for a moment, so that not every waiting request
tries again. A write to the table costs an eighth of one to S3.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from datetime import timedelta
from enum import StrEnum
from secrets import token_hex
from threading import Event, Thread
from typing import TypeVar

from imgopt import clock, errors
from imgopt.errors import ImgoptError, Unavailable
from imgopt.settings import settings
from imgopt.storage import table
from imgopt.storage.table import Item

T = TypeVar("T")
KIND = "MAKING"
# How long a lease is valid, and how often it is renewed.
HELD_SECONDS, RENEWAL_SECONDS = 6.0, 2.0
# How long the outcome stays for the waiting requests.
MADE_SECONDS, FAILED_SECONDS = 30.0, 10.0
SHORTEST_WAIT, WIDEST_PAUSE, GROWTH = 0.03, 1.0, 1.5
TTL = timedelta(minutes=10)
# Errors that would be the same for waiting requests. After other errors the next request tries again.
SHARED_ERRORS = (
    errors.InvalidImageUrl,
    errors.UnreachableSource,
    errors.SourceRefused,
    errors.SourceFailed,
    errors.SourceTimeout,
    errors.UnusableSource,
    errors.TooCostly,
    errors.NotConfigured,
    errors.NothingPaid,
)
SHARED_ERROR_BY_NAME = {kind.__name__: kind for kind in SHARED_ERRORS}


class MakingState(StrEnum):
    UNDER_WAY = "under_way"
    MADE = "made"
    FAILED = "failed"
    GIVEN_UP = "given_up"


def make_once(name: str, find: Callable[[], T | None], make: Callable[[], T]) -> T:
    """Returns what `find` finds, or calls `make`, which has to store its value for `find`.

    Of all concurrent requests in all processes, one makes it. Raises the errors of `make`, in waiting requests only
    those that would be the same for them; and Unavailable where it takes longer than `url_seconds`.
    """
    until, pause = time.monotonic() + settings().url_seconds, SHORTEST_WAIT
    while time.monotonic() < until:
        holder = token_hex(8)
        if _take(name, holder):
            return _make(name, holder, find, make)
        found = _ask_others(name, find)
        if found is not None:
            return found
        time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - not used as a secret
        pause = min(pause * GROWTH, WIDEST_PAUSE)
    raise Unavailable("The image is being processed. Please try again.")


def _make(name: str, holder: str, find: Callable[[], T | None], make: Callable[[], T]) -> T:
    """Makes the value, unless another request has made it meanwhile."""
    try:
        with _renewed(name, holder):
            found = find()
            made = make() if found is None else found
    except SHARED_ERRORS as error:
        failure = {"kind": type(error).__name__, "message": str(error), "answered": getattr(error, "answered", 0)}
        _end(name, holder, MakingState.FAILED, FAILED_SECONDS, failure)
        raise
    except BaseException:
        _end(name, holder, MakingState.GIVEN_UP, 0.0)
        raise
    _end(name, holder, MakingState.MADE, MADE_SECONDS)
    return made


def _ask_others(name: str, find: Callable[[], T | None]) -> T | None:
    """Returns what another request has made; None while it is working, or has given up. Raises its error."""
    known = table.get(_key(name)) or {}
    state = known.get("state", MakingState.GIVEN_UP)
    if state == MakingState.FAILED and known["until"] > _milliseconds():
        raise _error_of(known)
    found = find() if state == MakingState.MADE else None
    if found is None and state == MakingState.MADE:  # it has been deleted again
        _end(name, known["holder"], MakingState.GIVEN_UP, 0.0)
    return found


def _error_of(known: Item) -> ImgoptError:
    kind, message = SHARED_ERROR_BY_NAME[known["kind"]], known["message"]
    return kind(message, int(known["answered"])) if kind is errors.SourceRefused else kind(message)


def _take(name: str, holder: str) -> bool:
    """Takes the lease. Returns whether that succeeded."""
    changes = {"holder": holder, "state": MakingState.UNDER_WAY.value, **_times(HELD_SECONDS)}
    free = "attribute_not_exists(#holder) OR #until <= :now"
    return table.update(_key(name), changes, where=free, values={"now": _milliseconds()}) is not None


@contextmanager
def _renewed(name: str, holder: str) -> Iterator[None]:
    """Renews the lease in the background. Where that fails, another request makes the same."""
    ended = Event()

    def renew() -> None:
        while not ended.wait(RENEWAL_SECONDS):
            with suppress(Unavailable):
                _change(name, holder, _times(HELD_SECONDS))

    thread = Thread(target=copy_context().run, args=(renew,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _end(name: str, holder: str, state: MakingState, seconds: float, details: Item | None = None) -> None:
    """Stores the outcome. Where that fails, the lease expires."""
    with suppress(Unavailable):
        _change(name, holder, {"state": state.value, **_times(seconds), **(details or {})})


def _change(name: str, holder: str, changes: Item) -> None:
    table.update(_key(name), changes, where="#holder = :mine", values={"mine": holder})


def _times(seconds: float) -> Item:
    now = clock.now()
    return {"until": _milliseconds() + int(seconds * 1000), "ttl": int((now + TTL).timestamp())}


def _milliseconds() -> int:
    return int(clock.now().timestamp() * 1000)


def _key(name: str) -> Item:
    return table.key(KIND, name)
