"""Accepts the jobs of a checked call: writes and charges them in one transaction, then starts them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from imgopt.accounts.model import Principal
from imgopt.credits import service as accounting
from imgopt.credits.cost import cost_of
from imgopt.credits.model import Balance
from imgopt.errors import Expired, Unavailable
from imgopt.files import service as files
from imgopt.files.model import TempFile
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import dispatch, idempotency, queue_position, repository, slots
from imgopt.jobs.express import fits_express
from imgopt.jobs.idempotency import IdempotencyRecord
from imgopt.jobs.model import Job, JobStatus
from imgopt.jobs.service import find_all
from imgopt.storage.transactions import ConditionFailed
from imgopt.telemetry import logger

# How often the balance is read again where another call has changed it.
DECISIONS = 4


@dataclass(frozen=True)
class Submission:
    """The options of one call for all its uploads, its time, its jobs' expiry, and the period that is charged.

    `call_id` is None for a call with one upload.
    """

    options: ProcessingSettings
    entry_point: str
    period: str
    at: datetime
    expires_at: datetime
    call_id: str | None


@dataclass(frozen=True)
class Accepted:
    """The jobs of a call, and the credits that are left after it."""

    jobs: list[Job]
    credits_remaining: int

    @property
    def credits_used(self) -> int:
        return sum(job.credits_used for job in self.jobs)


def accept(principal: Principal, jobs: list[Job], balance: Balance, call: IdempotencyRecord | None) -> Accepted:
    """Writes jobs that the balance is enough for, and starts them.

    Where the balance has changed, it is checked again: a repetition of the same call may have taken the credits. Raises
    OutOfCredits, NotFound where an upload has been deleted meanwhile, and Unavailable where other calls keep changing
    the balance.
    """
    now = jobs[0].created_at
    for _ in range(DECISIONS):
        jobs = [*share_cost(jobs, balance)]
        try:
            repository.create_all(jobs, balance, call)
        except ConditionFailed:
            balance = accounting.balance(principal, now)
            earlier = find_earlier(principal, call, now)
            if earlier:
                return resume_accepted(earlier)
            accounting.check_balance(balance, sum(job.credits for job in jobs))
            files.find_owned(principal, [job.temp_file_id for job in jobs])
        else:
            enqueue(jobs)
            return Accepted(jobs, balance.remaining - sum(job.credits_used for job in jobs))
    raise Unavailable("Storage is busy. Please try again.")


def share_cost(jobs: Sequence[Job], balance: Balance) -> Iterator[Job]:
    """Yields each job with the purchased credits it is charged: the period's credits are used first."""
    left = balance.of_period(sum(job.credits for job in jobs))
    for job in jobs:
        of_period = min(left, job.credits)
        left -= of_period
        yield replace(job, purchased_credits=job.credits - of_period)


def find_earlier(principal: Principal, call: IdempotencyRecord | None, now: datetime) -> Accepted | None:
    """Returns the jobs that an earlier call under this key has made, as they are now; None where there was none.

    Raises InvalidRequest where the key belongs to another request, and Expired where its jobs have been deleted.
    """
    job_ids = idempotency.load(call, now)
    return find_accepted(principal, job_ids, now) if job_ids else None


def find_accepted(principal: Principal, job_ids: Sequence[str], now: datetime) -> Accepted:
    """Returns the jobs of an earlier call as they are now. Raises Expired where some have been deleted."""
    jobs = find_all(job_ids)
    if len(jobs) < len(job_ids):
        raise Expired("The jobs of this Idempotency-Key have been deleted.")
    return Accepted(jobs, accounting.balance(principal, now).remaining)


def resume_accepted(accepted: Accepted) -> Accepted:
    """Starts jobs of an earlier call that have not been started, and returns `accepted` unchanged."""
    try:
        dispatch.dispatch_again(accepted.jobs)
    except Exception:
        logger.exception("jobs could not be dispatched", extra={"owner": accepted.jobs[0].owner})
    return accepted


def new_jobs(submission: Submission, uploads: Sequence[TempFile], taken: Collection[str]) -> list[Job]:
    """Returns the new jobs. The first ones have tickets, as many as there are free slots; the others get theirs when
    started.
    """
    tickets = [*queue_position.draw_tickets(min(len(uploads), slots.count_free(taken)))]
    tickets += [0] * (len(uploads) - len(tickets))
    return [new_job(submission, *each) for each in zip(uploads, range(len(uploads)), tickets, strict=True)]


def new_job(submission: Submission, upload: TempFile, number: int, ticket: int) -> Job:
    return Job(
        id=str(uuid4()),
        owner=upload.owner,
        temp_file_id=upload.id,
        status=JobStatus.QUEUED,
        filename=upload.filename,
        source_key=upload.key,
        source_size=upload.size,
        source=upload.image,
        options=submission.options,
        entry_point=submission.entry_point,
        created_at=submission.at,
        expires_at=submission.expires_at,
        number=number,
        ticket=ticket,
        express=fits_express(upload.image, submission.options),
        dispatched_at=submission.at if ticket else None,
        credits=cost_of(upload.image, submission.options),
        credit_period=submission.period,
        call_id=submission.call_id,
    )


def enqueue(jobs: Sequence[Job]) -> None:
    """Starts jobs. An error is only logged: the jobs are accepted and paid for, and reconciliation starts them
    later.
    """
    for job in jobs:
        logger.info("job accepted", extra={"job_id": job.id, "owner": job.owner})
    try:
        dispatch.dispatch_new(jobs)
    except Exception:
        logger.exception("jobs could not be dispatched", extra={"owner": jobs[0].owner})
