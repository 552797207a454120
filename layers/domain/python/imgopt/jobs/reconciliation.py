"""Finding jobs that have not ended and never will by themselves: every accepted job ends.

An execution may never have started, where who accepted the job died before, and one may have ended without a word of it
in the table. The first is started: its name keeps it from running twice. The others fail, and so does what is past its
deadline; failing gives the credits back.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from imgopt import clock
from imgopt.jobs import repository
from imgopt.jobs.model import UNFINISHED, Job
from imgopt.pipeline import stages
from imgopt.settings import settings
from imgopt.storage import agenda, executions
from imgopt.storage.agenda import Part
from imgopt.telemetry import logger

TIMED_OUT = "TIMED_OUT"


@dataclass
class Report:
    """The ids of jobs: those that were started, those that were failed, and those that could not be looked after."""

    restarted: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def reconcile(seconds: float) -> Report:
    """Looks at all unfinished jobs, but begins with no other after so many seconds: the next run will."""
    report, until = Report(), time.monotonic() + seconds
    for job in find_unfinished():
        if time.monotonic() >= until:
            break
        with logger.append_context_keys(job_id=job.id, owner=job.owner):
            settle(job, clock.now(), report)
    return report


def find_unfinished() -> Iterator[Job]:
    for page in agenda.find_pages(Part.OPEN):
        jobs = repository.find_all([key["pk"].partition("#")[2] for key in page])
        yield from (job for job in jobs if job.status in UNFINISHED)


def settle(job: Job, now: datetime, report: Report) -> None:
    try:
        if job.created_at + timedelta(seconds=settings().processing_deadline) <= now:
            fail(job, TIMED_OUT, report)
            executions.stop(job.id)
        elif is_due(now - job.created_at):
            look_after(job, report)
    except Exception:  # whatever it is, the others must not wait for it
        logger.exception("job could not be reconciled")
        report.errors.append(job.id)


def look_after(job: Job, report: Report) -> None:
    status = executions.find_status(job.id)
    if status is None:
        repository.start_execution(job)
        logger.warning("execution had not been started")
        report.restarted.append(job.id)
    elif status != executions.RUNNING:
        fail(job, status, report)


def fail(job: Job, error: str, report: Report) -> None:
    if stages.fail(job.id, error, ""):
        logger.warning("job had not ended", reason=error)
        report.failed.append(job.id)


def is_due(age: timedelta) -> bool:
    """In its second minute, its third, fifth, ninth …: Step Functions answers few questions a second."""
    minutes = int(age.total_seconds() // 60)
    return minutes > 0 and minutes & (minutes - 1) == 0
