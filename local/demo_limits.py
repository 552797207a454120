"""Higher limits for demonstrations and benchmarks, whose requests all come from one guest or one address."""

import os

HIGH_LIMIT = "1000000"
RAISED_LIMITS = (
    *("CREDITS_UNREGISTERED", "RATE_UPLOADS_UNREGISTERED", "RATE_PROCESSING_UNREGISTERED", "RATE_NEW_GUESTS"),
    *("RATE_DEVICE_CODE", "RATE_APPROVE", "RATE_FAILED_JOBS_UNREGISTERED"),
)


def raise_limits() -> None:
    """Raises the limits of processes that are started from now on. Limits in the environment are kept."""
    for name in RAISED_LIMITS:
        os.environ.setdefault(f"IMGOPT_{name}", HIGH_LIMIT)
