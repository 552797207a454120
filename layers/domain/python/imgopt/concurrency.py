"""Runs independent calls concurrently, and shares values between threads."""

import time
from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import cache, update_wrapper
from queue import Empty, SimpleQueue
from threading import Event, RLock, Thread
from typing import Any, Generic, TypeVar, cast

from imgopt.errors import Unavailable

T = TypeVar("T")
MOST_THREADS = 16


@dataclass(eq=False)
class Outcome(Generic[T]):
    """The outcome of a call, as it was when waiting ended."""

    call: Callable[[], T]
    ended: Event = field(default_factory=Event)
    answer: T | None = None
    error: BaseException | None = None

    def run(self) -> None:
        try:
            self.answer = self.call()
        except BaseException as error:  # every error is passed to the caller of `take`
            self.error = error
        self.ended.set()

    def take(self) -> T:
        """Returns the answer. Raises the call's error, or Unavailable where it had not ended in time."""
        if not self.ended.is_set():
            raise Unavailable("The service behind this one did not answer in time. Please try again.")
        if self.error is not None:
            raise self.error
        return cast("T", self.answer)


def run_all(
    calls: Sequence[Callable[[], Any]], *, seconds: float | None = None, at_once: int = MOST_THREADS
) -> list[Outcome[Any]]:
    """Runs calls concurrently and returns their outcomes in the same order, after at most `seconds`, if any are given.

    Calls that have not begun by then are not made. Calls that are running go on, because threads can't be stopped;
    their answers are dropped. Without a limit of time, the calling thread is one of those that run them.
    """
    outcomes: list[Outcome[Any]] = [Outcome(call) for call in calls]
    waiting: SimpleQueue[Outcome[Any]] = SimpleQueue()
    for outcome in outcomes:
        waiting.put(outcome)
    is_limited, is_late = seconds is not None, Event()
    until = time.monotonic() + (seconds or 0)
    for _ in range(min(at_once, len(outcomes)) - (not is_limited)):
        Thread(target=copy_context().run, args=(_work, waiting, is_late), daemon=True).start()
    if not is_limited:
        copy_context().run(_work, waiting, is_late)
    for outcome in outcomes:
        outcome.ended.wait(max(0.0, until - time.monotonic()) if is_limited else None)
    is_late.set()
    return outcomes


def _work(waiting: SimpleQueue[Outcome[Any]], is_late: Event) -> None:
    while not is_late.is_set():
        try:
            outcome = waiting.get_nowait()
        except Empty:
            return
        outcome.run()


class once(Generic[T]):  # noqa: N801 - a decorator, like `cache`
    """Like functools.cache, for values that take long to compute: other threads wait for the first call instead of
    repeating it.
    """

    def __init__(self, make: Callable[..., T]) -> None:
        self._made, self._lock = cache(make), RLock()
        self.cache_clear = self._made.cache_clear
        update_wrapper(self, make)

    def __call__(self, *arguments: Any) -> T:
        with self._lock:
            return self._made(*arguments)


class Shared(Generic[T]):
    """A value that is cached for some seconds. Threads that ask during a read wait for its answer."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = RLock()
        self._known: tuple[float, T] | None = None

    def get(self, read: Callable[[], T]) -> T:
        with self._lock:
            if self._known is None or time.monotonic() - self._known[0] >= self.seconds:
                self._known = time.monotonic(), read()
            return self._known[1]
