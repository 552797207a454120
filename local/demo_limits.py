"""For demonstrations and measurements: all requests come from one guest or one address, and are not to be refused."""

import os

HIGH_LIMIT = "1000000"
RAISED_LIMITS = (
    *("CREDITS_UNREGISTERED", "RATE_UPLOADS_UNREGISTERED", "RATE_PROCESSING_UNREGISTERED", "RATE_NEW_GUESTS"),
    *("RATE_DEVICE_CODE", "RATE_APPROVE", "RATE_FAILED_JOBS_UNREGISTERED"),
)


def raise_limits() -> None:
    """For all that this process starts from here on, but for what its own environment says."""
    for name in RAISED_LIMITS:
        os.environ.setdefault(f"IMGOPT_{name}", HIGH_LIMIT)
