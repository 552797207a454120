"""Executions of state machines: the emulator has each rest before its first state; here it begins at once."""

import time
from typing import Any

REST_SECONDS = 0.15


def begin_at_once() -> None:
    """For all executions from here on."""
    from ministack.services import stepfunctions

    stepfunctions.time = Clock()


class Clock:
    """The module `time`, as the emulator's state machines see it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        if seconds != REST_SECONDS:
            time.sleep(seconds)
