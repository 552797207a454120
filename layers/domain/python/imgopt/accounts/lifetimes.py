"""How long things are kept."""

from datetime import timedelta

from imgopt.accounts.groups import group_of
from imgopt.accounts.plans import Tier
from imgopt.settings import settings


def lifetime_of(tier: Tier) -> timedelta:
    """Of a job and its result, from when it is accepted."""
    return timedelta(seconds=getattr(settings(), f"retention_{group_of(tier)}"))


def grace() -> timedelta:
    """How long after its time something is removed: no job that still needs it can be under way by then."""
    return timedelta(seconds=settings().processing_deadline)
