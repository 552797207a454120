"""Jobs that wait for a slot of their owner: `WAITING#<owner>` has an entry for each, in the order in which they came.

The entry is removed when the job has been started, or has ended. One that was left behind does no harm.
"""

from collections.abc import Sequence
from datetime import UTC

from imgopt.jobs.model import Job
from imgopt.storage import lists

KIND = "WAITING"


def entry_of(job: Job) -> str:
    """In the order of calls, and of the files of one call."""
    return f"{job.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}#{job.number:03}#{job.id}"


def job_id_of(entry: str) -> str:
    return entry.rsplit("#", 1)[1]


def add(jobs: Sequence[Job]) -> None:
    """All of one owner."""
    if jobs:
        ends = max(job.expires_at for job in jobs)
        lists.add_all(_list_of(jobs[0].owner), [entry_of(job) for job in jobs], int(ends.timestamp()))


def remove(owner: str, entries: Sequence[str]) -> None:
    lists.remove_all(_list_of(owner), entries)


def read_first(owner: str, count: int) -> list[str]:
    return lists.read(_list_of(owner), most=count)


def read_waiting(owner: str) -> frozenset[str]:
    """As many as are looked at."""
    return frozenset(lists.read(_list_of(owner)))


def read_until(owner: str, last: str) -> list[str]:
    """The entries up to that one, if it is there."""
    return lists.read(_list_of(owner), last=last)


def clear(owner: str) -> None:
    lists.clear(_list_of(owner))


def _list_of(owner: str) -> str:
    return f"{KIND}#{owner}"
