"""Dates and times on pages."""

from datetime import datetime


def format_date(moment: datetime) -> str:
    """A date such as `3 August 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def format_moment(moment: datetime) -> str:
    """A time such as `3 August 2026, 14:05 UTC`."""
    return f"{format_date(moment)}, {moment:%H:%M} UTC"
