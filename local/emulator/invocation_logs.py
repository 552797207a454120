"""The log of an invocation: what the function prints.

The emulator itself polls each millisecond, and waits for 5 ms whether more follows. Here an empty line ends each log,
which `local/lambda_runtime.py` prints before it answers.
"""

import time
from queue import Empty
from typing import Any

END = ""
# Seconds to wait for a line of a function that has crashed, and so does not end its log.
LAST_SECONDS = 0.05


def read_logs_to_their_end() -> None:
    """Patches the emulator, for all later invocations. Raises AttributeError if the emulator has changed."""
    from ministack.core.lambda_runtime import ProvidedWorker

    worker: Any = ProvidedWorker
    if not callable(worker._drain_stderr_bounded):
        raise AttributeError("_drain_stderr_bounded")
    worker._drain_stderr_bounded = read_log


def read_log(worker: Any, first_line_wait: float = LAST_SECONDS) -> str:
    """Reads the log up to its end, or while lines arrive. An empty line may also be part of the output."""
    lines: list[str] = []
    until = time.monotonic() + first_line_wait
    while not lines or lines[-1] != END or not worker._stderr_queue.empty():
        try:
            lines.append(worker._stderr_queue.get(timeout=max(0.0, until - time.monotonic())))
        except Empty:
            break
    return "\n".join(line for line in lines if line != END)
