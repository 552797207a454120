"""Waiting lists: `WAITING#<owner>` has an entry for each job that waits for a slot, in order of acceptance.

An entry is removed when its job has been started or has ended. Stale entries do no harm.
"""

from collections.abc import Sequence
from datetime import UTC

from imgopt.jobs.model import Job
from imgopt.storage import lists

KIND = "WAITING"


def entry_of(job: Job) -> str:
    """Returns the job's entry, which sorts by time of the call, then by the job's number in it."""
    return f"{job.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}#{job.number:03}#{job.id}"


def job_id_of(entry: str) -> str:
    return entry.rsplit("#", 1)[1]


def add(jobs: Sequence[Job]) -> None:
    """Adds jobs of one owner."""
    if jobs:
        ends = max(job.expires_at for job in jobs)
        lists.add_all(_list_of(jobs[0].owner), [entry_of(job) for job in jobs], int(ends.timestamp()))


def remove(owner: str, entries: Sequence[str]) -> None:
    lists.remove_all(_list_of(owner), entries)


def read_first(owner: str, count: int) -> list[str]:
    return lists.read(_list_of(owner), most=count)


def read_waiting(owner: str) -> frozenset[str]:
    """Returns the first entries, as many as are read at once."""
    return frozenset(lists.read(_list_of(owner)))


def read_until(owner: str, last: str) -> list[str]:
    """Returns the entries up to and including `last`."""
    return lists.read(_list_of(owner), last=last)


def clear(owner: str) -> None:
    lists.clear(_list_of(owner))


def _list_of(owner: str) -> str:
    return f"{KIND}#{owner}"
