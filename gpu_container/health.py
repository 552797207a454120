"""`python -m gpu_container.health`: whether the worker is well, for a container's health check."""

import sys
import time
from pathlib import Path

from gpu_container.worker.settings import WorkerSettings

FRESH_SECONDS = 60


def main() -> None:
    problem = problem_of(WorkerSettings().health_file, time.time())
    sys.exit(problem)


def problem_of(health_file: Path, now: float) -> str | None:
    """What is wrong with a worker that touches this file, or None. `now` is in seconds since the epoch."""
    try:
        age = now - health_file.stat().st_mtime
    except FileNotFoundError:
        return f"the worker has not begun: there is no {health_file}"
    if age > FRESH_SECONDS:
        return f"the worker has not been well for {age:.0f} seconds"
    return None


if __name__ == "__main__":
    main()
