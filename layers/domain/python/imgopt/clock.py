"""The only source of the current time. Tests can set it."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
