"""How long jobs and files are kept."""

from datetime import timedelta

from imgopt.accounts.groups import group_of
from imgopt.accounts.plans import Tier
from imgopt.settings import settings


def lifetime_of(tier: Tier) -> timedelta:
    """Returns the lifetime of a job and its result, from the acceptance of the job."""
    return timedelta(seconds=getattr(settings(), f"retention_{group_of(tier)}"))


def removal_delay() -> timedelta:
    """Returns how long after its expiry a file is removed: no job that needs it can be running by then."""
    return timedelta(seconds=settings().processing_deadline)
