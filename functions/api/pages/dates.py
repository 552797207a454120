"""How pages write days and moments."""

from datetime import datetime


def format_date(moment: datetime) -> str:
    """`3 August 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def format_moment(moment: datetime) -> str:
    """`3 August 2026, 14:05 UTC`."""
    return f"{format_date(moment)}, {moment:%H:%M} UTC"
