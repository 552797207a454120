"""Starts executions of state machines immediately. The emulator itself pauses before the first state."""

import time
from typing import Any

REST_SECONDS = 0.15


def begin_at_once() -> None:
    """Patches the emulator, for all later executions."""
    from ministack.services import stepfunctions

    stepfunctions.time = Clock()


class Clock:
    """Replaces the module `time` in the emulator's state machines."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        if seconds != REST_SECONDS:
            time.sleep(seconds)
