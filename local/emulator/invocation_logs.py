"""What functions print while they work on an invocation, which the emulator keeps as its log.

By itself it waits for 5 ms whether more comes, and looks each millisecond. Here each log ends by an empty line, which
`local/lambda_runtime.py` prints before it answers.
"""

import time
from queue import Empty
from typing import Any

END = ""
# For a line of a function that has died, which ends nothing any more.
LAST_SECONDS = 0.05


def read_logs_to_their_end() -> None:
    """For all invocations from here on. Raises AttributeError where the emulator has changed."""
    from ministack.core.lambda_runtime import ProvidedWorker

    worker: Any = ProvidedWorker
    if not callable(worker._drain_stderr_bounded):
        raise AttributeError("_drain_stderr_bounded")
    worker._drain_stderr_bounded = read_log


def read_log(worker: Any, first_line_wait: float = LAST_SECONDS) -> str:
    """Up to its end, or as long as lines come. An empty line may also be one of several that were printed."""
    lines: list[str] = []
    until = time.monotonic() + first_line_wait
    while not lines or lines[-1] != END or not worker._stderr_queue.empty():
        try:
            lines.append(worker._stderr_queue.get(timeout=max(0.0, until - time.monotonic())))
        except Empty:
            break
    return "\n".join(line for line in lines if line != END)
