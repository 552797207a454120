"""The cleanup: removes expired files and records of jobs and uploads, as many as there is time for.

It can be interrupted anywhere, and run twice at once. What was removed is no longer in the due index; what was not
comes first in the next run.
"""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import datetime

from imgopt import clock, time_budget
from imgopt.accounts.lifetimes import removal_delay
from imgopt.errors import Unavailable
from imgopt.files import repository as files
from imgopt.jobs import repository as jobs
from imgopt.retention import account_deletion, orphans
from imgopt.retention.removal import remove
from imgopt.storage import due_index, table
from imgopt.storage.due_index import Part
from imgopt.storage.table import Item
from imgopt.telemetry import logger, reference_of
from imgopt.workflow.reconciliation import find_unfinished

PARALLEL_REMOVALS = 16
MOST_ERRORS = 100


@dataclass
class CleanupReport:
    """The numbers of deleted jobs, and of deleted files of jobs and uploads; `errors` names up to 100 that failed."""

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
    """One removal. `files` is None where there was nothing to remove."""

    is_job: bool
    files: int | None = None
    error: str | None = None


@dataclass(frozen=True)
class Term:
    """What expired before `horizon` is removed. Nothing is begun after `until`, in seconds of the monotonic clock."""

    horizon: datetime
    until: float

    def is_over(self) -> bool:
        return time.monotonic() >= self.until


def clean_up(seconds: float) -> CleanupReport:
    """Cleans up for `seconds`. Removals that are running then go on, but the report does not wait for them."""
    report, term = CleanupReport(), Term(clock.now() - removal_delay(), time.monotonic() + seconds)
    worker = ThreadPoolExecutor(1)
    work = worker.submit(_clean_up, report, term)
    worker.shutdown(wait=False)
    try:
        work.result(max(0.0, seconds))
    except TimeoutError:
        logger.warning("cleaning up was not done in time")
    return replace(report, errors=list(report.errors))


def _clean_up(report: CleanupReport, term: Term) -> None:
    """Calls to AWS that would begin after the end are not made, and are no errors."""
    try:
        with time_budget.limit_calls(term.until - time.monotonic()):
            account_deletion.continue_deletion(term.is_over)
            _remove_expired(report, term)
            report.deleted_files += orphans.sweep(term.is_over)
    except Unavailable:
        if not term.is_over():
            raise


def _remove_expired(report: CleanupReport, term: Term) -> None:
    """Removes expired items. Uploads that still have unfinished jobs are kept."""
    needed = frozenset(table.key(files.KIND, job.temp_file_id)["pk"] for job in find_unfinished())
    with ThreadPoolExecutor(PARALLEL_REMOVALS) as pool:
        for page in due_index.find_due_pages(Part.EXPIRING, term.horizon):
            if term.is_over():
                return
            due = [item_key for item_key in page if item_key["pk"] not in needed]
            begun = [pool.submit(copy_context().run, try_to_remove, item_key, term) for item_key in due]
            report.add(each.result() for each in begun)


def try_to_remove(item_key: Item, term: Term) -> Removed:
    kind, _, identifier = item_key["pk"].partition("#")
    is_job, reference = kind == jobs.KIND, reference_of(identifier)
    if term.is_over():
        return Removed(is_job)
    try:
        return Removed(is_job, remove(item_key, term.horizon))
    except Exception as error:  # an error of one item must not stop the others
        if isinstance(error, Unavailable) and term.is_over():
            return Removed(is_job)
        logger.exception("could not be removed", extra={"kind": kind, "reference": reference})
        return Removed(is_job, error=f"{kind} {reference}: {type(error).__name__}")
