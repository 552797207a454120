"""Cleaning up: files and records of jobs and uploads whose time is over, as many as there is time for.

It can be broken off anywhere and run twice at once: what was removed is off the agenda, and what was not comes first in
the next run.
"""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from imgopt import clock
from imgopt.jobs import repository as jobs
from imgopt.retention.lifetimes import grace
from imgopt.retention.removal import remove
from imgopt.storage import agenda
from imgopt.storage.agenda import Part
from imgopt.storage.table import Item
from imgopt.telemetry import logger

AT_ONCE = 16
MOST_ERRORS = 100


@dataclass
class Report:
    """How many jobs have gone, and files of jobs and uploads; `errors` names what could not be removed, up to 100."""

    deleted_jobs: int = 0
    deleted_files: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, removed: "Iterable[Removed]") -> None:
        for each in removed:
            self.deleted_jobs += each.is_job and each.files is not None
            self.deleted_files += each.files or 0
            if each.error and len(self.errors) < MOST_ERRORS:
                self.errors.append(each.error)


@dataclass(frozen=True)
class Removed:
    """`files` is None where there was nothing to remove."""

    is_job: bool
    files: int | None = None
    error: str | None = None


def clean_up(seconds: float) -> Report:
    """Begins nothing more after so many seconds."""
    report, until, horizon = Report(), time.monotonic() + seconds, clock.now() - grace()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for page in agenda.find_pages(Part.KEPT, horizon):
            report.add(pool.map(partial(try_to_remove, horizon=horizon), page))
            if time.monotonic() >= until:
                break
    return report


def try_to_remove(item_key: Item, horizon: datetime) -> Removed:
    kind, _, identifier = item_key["pk"].partition("#")
    is_job = kind == jobs.KIND
    try:
        return Removed(is_job, remove(item_key, horizon))
    except Exception as error:  # whatever it is, the others must not wait for it
        logger.exception("could not be removed", extra={"kind": kind, "id": identifier})
        return Removed(is_job, error=f"{kind} {identifier}: {type(error).__name__}")
