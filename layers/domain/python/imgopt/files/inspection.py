"""Limits how many uploads are inspected at the same time, because that takes CPU time."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from imgopt.concurrency import once
from imgopt.errors import Unavailable
from imgopt.settings import settings

WAIT_SECONDS = 10.0


@once
def semaphore() -> BoundedSemaphore:
    return BoundedSemaphore(settings().parallel_inspections)


@contextmanager
def inspection_slot() -> Iterator[None]:
    """Waits for one of the slots. Raises Unavailable where none is free in time."""
    if not semaphore().acquire(timeout=WAIT_SECONDS):
        raise Unavailable("Too many files are being read at present. Please try again.")
    try:
        yield
    finally:
        semaphore().release()
