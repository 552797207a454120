"""Waits for an emulator by polling."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE, SECONDS = 0.002, 30.0


def wait_for(ask: Callable[[], T], seconds: float = SECONDS) -> T:
    """The first true result. Raises RuntimeError after a timeout."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := ask():
            return found
        time.sleep(PAUSE)
    raise RuntimeError(f"nothing in {seconds:g} s")
