"""Slots: at most `jobs_per_owner` jobs of one owner run at the same time. `SLOTS#<owner>` has their ids.

A job has its slot before its start and until its end, through all attempts.
"""

from collections.abc import Collection
from datetime import timedelta

from imgopt import clock
from imgopt.settings import settings
from imgopt.storage import sets, table
from imgopt.storage.lookups import Lookup

KIND = "SLOTS"
# Longer than any job runs.
TTL = timedelta(days=8)


def take_slots(owner: str, job_ids: Collection[str]) -> bool:
    """Takes a slot for each job. Takes none and returns False where there are too few, or one of the jobs has a slot
    already.
    """
    ends = int((clock.now() + TTL).timestamp())
    return sets.add(_key(owner), job_ids, settings().jobs_per_owner, ends)


def free(owner: str, job_id: str) -> frozenset[str] | None:
    """Frees a slot. Returns the ids of the jobs that still have one; None where this job had none."""
    return sets.remove(_key(owner), job_id)


def read(owner: str) -> frozenset[str]:
    """Returns the ids of the jobs that have a slot."""
    return sets.read(_key(owner))


def lookup(owner: str) -> Lookup[frozenset[str]]:
    return sets.lookup(_key(owner))


def forget(owner: str) -> None:
    """Deletes the slots of an owner who has no jobs left."""
    table.delete(_key(owner))


def count_free(taken: Collection[str]) -> int:
    return max(0, settings().jobs_per_owner - len(taken))


def _key(owner: str) -> table.Item:
    return table.key(KIND, owner)
