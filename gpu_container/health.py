"""`python -m gpu_container.health` checks whether the worker is healthy, for the container's health check."""

import sys
import time
from pathlib import Path

from gpu_container.worker.settings import WorkerSettings

FRESH_SECONDS = 60


def main() -> None:
    problem = problem_of(WorkerSettings().health_file, time.time())
    sys.exit(problem)


def problem_of(health_file: Path, now: float) -> str | None:
    """The problem of a worker, which touches the health file regularly, or None. `now` is in seconds since 1970."""
    try:
        age = now - health_file.stat().st_mtime
    except FileNotFoundError:
        return f"the worker has not started: there is no {health_file}"
    if age > FRESH_SECONDS:
        return f"the worker has been unhealthy for {age:.0f} seconds"
    return None


if __name__ == "__main__":
    main()
