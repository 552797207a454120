"""One of many makes something, the others wait for it: a lease in the table, by conditional writes.

`MAKING#<name>` has who makes it and until when that is believed. Whoever makes it renews this all the time; where that
ends, because the process has, the next one takes over. What it came to stays there for a moment: that it is made, or
why it can't be, so that neither is tried by everybody who waits. A write costs an eighth of what one of S3 costs.
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
# How long a lease is believed without news, and how often it is renewed.
HELD_SECONDS, RENEWAL_SECONDS = 6.0, 2.0
# How long others are told what it came to.
MADE_SECONDS, FAILED_SECONDS = 30.0, 10.0
SHORTEST_WAIT, WIDEST_PAUSE, GROWTH = 0.03, 1.0, 1.5
REMEMBERED = timedelta(minutes=10)
# What whoever waits is told as well: it would be the same for them. All else may be better for the next.
TOLD_TO_ALL = (
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
TOLD_BY_NAME = {kind.__name__: kind for kind in TOLD_TO_ALL}


class MakingState(StrEnum):
    UNDER_WAY = "under_way"
    MADE = "made"
    FAILED = "failed"
    GIVEN_UP = "given_up"


def make_once(name: str, find: Callable[[], T | None], make: Callable[[], T]) -> T:
    """What `find` finds, or else what `make` makes, which has to leave it there for `find`.

    Of all who ask at a time, by whichever processes, one makes it. Raises what `make` raises, for those who wait as
    well where it would be the same for them; Unavailable where it takes longer than `url_seconds`.
    """
    until, pause = time.monotonic() + settings().url_seconds, SHORTEST_WAIT
    while time.monotonic() < until:
        holder = token_hex(8)
        if _take(name, holder):
            return _make(name, holder, find, make)
        found = _ask_others(name, find)
        if found is not None:
            return found
        time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - no secret
        pause = min(pause * GROWTH, WIDEST_PAUSE)
    raise Unavailable("The image is being made. Please try again.")


def _make(name: str, holder: str, find: Callable[[], T | None], make: Callable[[], T]) -> T:
    """Another one may have made it before this one asked."""
    try:
        with _renewed(name, holder):
            found = find()
            made = make() if found is None else found
    except TOLD_TO_ALL as error:
        told = {"kind": type(error).__name__, "message": str(error), "answered": getattr(error, "answered", 0)}
        _end(name, holder, MakingState.FAILED, FAILED_SECONDS, told)
        raise
    except BaseException:
        _end(name, holder, MakingState.GIVEN_UP, 0.0)
        raise
    _end(name, holder, MakingState.MADE, MADE_SECONDS)
    return made


def _ask_others(name: str, find: Callable[[], T | None]) -> T | None:
    """What another one has made; None while it does, and where it has given up. Raises why it can't be made."""
    known = table.get(_key(name)) or {}
    state = known.get("state", MakingState.GIVEN_UP)
    if state == MakingState.FAILED and known["until"] > _milliseconds():
        raise _error_of(known)
    found = find() if state == MakingState.MADE else None
    if found is None and state == MakingState.MADE:  # it is gone again
        _end(name, known["holder"], MakingState.GIVEN_UP, 0.0)
    return found


def _error_of(known: Item) -> ImgoptError:
    kind, message = TOLD_BY_NAME[known["kind"]], known["message"]
    return kind(message, int(known["answered"])) if kind is errors.SourceRefused else kind(message)


def _take(name: str, holder: str) -> bool:
    """Whether it is this holder's to make."""
    changes = {"holder": holder, "state": MakingState.UNDER_WAY.value, **_times(HELD_SECONDS)}
    free = "attribute_not_exists(#holder) OR #until <= :now"
    return table.update(_key(name), changes, where=free, values={"now": _milliseconds()}) is not None


@contextmanager
def _renewed(name: str, holder: str) -> Iterator[None]:
    """Where it can't be renewed another one takes over, and both make the same."""
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


def _end(name: str, holder: str, state: MakingState, seconds: float, told: Item | None = None) -> None:
    """Where that can't be written, the lease ends by itself."""
    with suppress(Unavailable):
        _change(name, holder, {"state": state.value, **_times(seconds), **(told or {})})


def _change(name: str, holder: str, changes: Item) -> None:
    table.update(_key(name), changes, where="#holder = :mine", values={"mine": holder})


def _times(seconds: float) -> Item:
    now = clock.now()
    return {"until": _milliseconds() + int(seconds * 1000), "ttl": int((now + REMEMBERED).timestamp())}


def _milliseconds() -> int:
    return int(clock.now().timestamp() * 1000)


def _key(name: str) -> Item:
    return table.key(KIND, name)
