"""Slots: of one owner's jobs at most `jobs_per_owner` are at work. `SLOTS#<owner>` has the ids of those that are.

A job has its slot from before it is started until it has ended, however often it is done again.
"""

from collections.abc import Collection
from datetime import timedelta

from imgopt import clock
from imgopt.settings import settings
from imgopt.storage import sets, table
from imgopt.storage.lookups import Lookup

KIND = "SLOTS"
# Longer than any job is at work.
REMEMBERED = timedelta(days=8)


def take_slots(owner: str, job_ids: Collection[str]) -> bool:
    """A slot for each job, or for none where there aren't as many, or one of the jobs has one already."""
    ends = int((clock.now() + REMEMBERED).timestamp())
    return sets.add(_key(owner), job_ids, settings().jobs_per_owner, ends)


def free(owner: str, job_id: str) -> frozenset[str] | None:
    """The ids of the jobs that still have one; None where this job had none."""
    return sets.remove(_key(owner), job_id)


def read(owner: str) -> frozenset[str]:
    """The ids of the jobs that have one."""
    return sets.read(_key(owner))


def lookup(owner: str) -> Lookup[frozenset[str]]:
    return sets.lookup(_key(owner))


def forget(owner: str) -> None:
    """For an owner who has no jobs any more."""
    table.delete(_key(owner))


def count_free(taken: Collection[str]) -> int:
    return max(0, settings().jobs_per_owner - len(taken))


def _key(owner: str) -> table.Item:
    return table.key(KIND, owner)
