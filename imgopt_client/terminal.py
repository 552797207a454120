"""Standard streams, and signals to terminate."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# SIGHUP of a closed terminal, and SIGTERM of a service manager.
ENDING_SIGNALS = ("SIGTERM", "SIGHUP")


def open_missing_streams() -> None:
    """Opens missing standard streams. Python has None for those, which can't be written to."""
    for name, mode in {"stdin": "r", "stdout": "w", "stderr": "w"}.items():
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - for as long as the program runs


@contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """Treats signals to terminate like Ctrl-C, so that a run stores its progress."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    known = [getattr(signal, name) for name in ENDING_SIGNALS if hasattr(signal, name)]
    previous = {each: signal.signal(each, interrupt) for each in known if signal.getsignal(each) is signal.SIG_DFL}
    try:
        yield
    finally:
        for each, handler in previous.items():
            signal.signal(each, handler)


def interrupt(number: int, _: FrameType | None) -> None:
    raise KeyboardInterrupt
