"""Measures work by calls, memory and CPU time, which hardly depend on other load."""

import signal
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from imgopt.errors import ImgoptError

# The clock of CPU time ticks every 4 ms in some places: nothing shorter than this is told from nothing.
LEAST_SECONDS = 0.02


class TooMuch(Exception):
    """The work took more CPU time than allowed."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises TooMuch beyond so many seconds of this process's CPU time. For the main thread."""

    def end(*_: Any) -> None:
        raise TooMuch

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def cpu_seconds(function: Callable[[Any], object], argument: Any, limit: float) -> float:
    """CPU time of a call, which may end in a public error. Raises TooMuch beyond the limit."""
    began = time.process_time()
    with at_most(limit):
        attempt(function, argument)
    return time.process_time() - began


def attempt(function: Callable[[Any], object], argument: Any) -> None:
    try:
        function(argument)
    except ImgoptError:
        return


def count_calls(function: Callable[[Any], object], argument: Any) -> int:
    """Calls of Python's and C's functions."""
    number = 0

    def note(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        attempt(function, argument)
    finally:
        sys.setprofile(None)
    return number


def peak_bytes(function: Callable[[Any], object], argument: Any) -> int:
    """The most memory that Python held at once during a call, beyond what it held before."""
    tracemalloc.start()
    try:
        attempt(function, argument)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
