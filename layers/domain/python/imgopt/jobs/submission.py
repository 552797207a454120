"""Submitting jobs: checked first, then paid for and written at once, then started."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from imgopt import clock
from imgopt.accounts.lifetimes import lifetime_of
from imgopt.accounts.model import Credential, Principal
from imgopt.credits import service as accounting
from imgopt.credits.cost import cost_of
from imgopt.credits.model import Balance
from imgopt.errors import Expired, InvalidRequest, NotFound, Unavailable, Unfetchable
from imgopt.files import service as files
from imgopt.files.model import TempFile
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, check_image, steps_for
from imgopt.jobs import dispatch, idempotency, queue_position, repository, slots
from imgopt.jobs.idempotency import IdempotencyRecord
from imgopt.jobs.model import Job, JobStatus
from imgopt.jobs.service import find_all
from imgopt.quotas import guests
from imgopt.quotas import service as quotas
from imgopt.quotas.rules import FAILED_JOBS
from imgopt.quotas.service import QuotaStatus
from imgopt.safe_http.destinations import check_url
from imgopt.settings import settings
from imgopt.storage import lookups
from imgopt.storage.transactions import ConditionFailed
from imgopt.tagging.availability import check_available
from imgopt.telemetry import logger

# How often it is decided anew whether the credits are enough.
DECISIONS = 4


@dataclass(frozen=True)
class Submission:
    """What one call asks of all its uploads, when, until when that is kept, and the period whose credits pay for it.

    `call_id` is None where it has one upload.
    """

    options: ProcessingSettings
    entry_point: str
    period: str
    at: datetime
    expires_at: datetime
    call_id: str | None


@dataclass(frozen=True)
class Known:
    """What a call finds: how much its principal has left, the jobs that came of it before, the uploads by id, the ids
    of jobs that have slots, and how many have failed.
    """

    balance: Balance
    job_ids: list[str]
    uploads: Mapping[str, TempFile]
    slots: frozenset[str]
    failures: QuotaStatus


@dataclass(frozen=True)
class Accepted:
    """The jobs that came of a call, and the credits that are left after it."""

    jobs: list[Job]
    credits_remaining: int

    @property
    def credits_used(self) -> int:
        return sum(job.credits_used for job in self.jobs)


def submit(
    principal: Principal | None,
    temp_file_ids: Sequence[str],
    options: ProcessingSettings,
    entry_point: str,
    key: str | None = None,
) -> Accepted:
    """Creates one job per upload and charges for them, all or none, and starts them.

    What was asked before under the same key has the same jobs, which cost nothing more. Raises InvalidRequest,
    TooLarge, NotFound, Expired, NotConfigured, OutOfCredits or RateLimited before anything is written.
    """
    check_batch(temp_file_ids)
    if principal is None:
        raise NotFound("Temp file not found. Upload it first, and send the session token that this answers.")
    now, call = clock.now(), describe_call(principal, temp_file_ids, options, entry_point, key)
    known = read_known(principal, temp_file_ids, call, now)
    if known.job_ids:
        return resume_accepted(find_accepted(principal, known.job_ids, now))
    uploads = check_uploads(principal, temp_file_ids, options, known.uploads)
    cost = cost_of_all(uploads, options)
    if cost > known.balance.remaining:  # the call may have taken what is missing after it was looked for
        earlier = find_earlier(principal, call, now)
        if earlier:
            return resume_accepted(earlier)
    check_affordable(principal, known, cost)
    call_id = str(uuid4()) if len(temp_file_ids) > 1 else None
    expires_at = now + lifetime_of(principal.tier)
    submission = Submission(options, entry_point, known.balance.period.name, now, expires_at, call_id)
    return accept(principal, new_jobs(submission, uploads, known.slots), known.balance, call)


def describe_call(
    principal: Principal, temp_file_ids: Sequence[str], options: ProcessingSettings, entry_point: str, key: str | None
) -> IdempotencyRecord | None:
    """The call to be remembered, where it has a key."""
    # A setting that a later release adds makes no other request of what was sent before it.
    wanted = options.model_dump(mode="json", exclude_defaults=True)
    return idempotency.record_of(caller_of(principal), key, [entry_point, list(temp_file_ids), wanted]) if key else None


def caller_of(principal: Principal) -> str:
    """Whose keys of calls count: whoever knows no more than an upload's id is not told of its owner's calls."""
    return f"{principal.id}#{principal.credential}" if principal.credential is Credential.UPLOAD else principal.id


def read_known(
    principal: Principal, temp_file_ids: Sequence[str], call: IdempotencyRecord | None, now: datetime
) -> Known:
    """All that has to be known, by one request. Raises InvalidRequest where the key was another call's."""
    balance, job_ids = accounting.lookup(principal, now), idempotency.lookup(call, now)
    uploads, taken = files.lookup(temp_file_ids), slots.lookup(principal.id)
    failures = quotas.lookup(FAILED_JOBS, principal.id, principal.tier)
    found = lookups.read_all(balance, job_ids, uploads, taken, failures)
    return Known(
        balance=balance.take(found),
        job_ids=job_ids.take(found),
        uploads=uploads.take(found),
        slots=taken.take(found),
        failures=failures.take(found),
    )


def check_affordable(principal: Principal, known: Known, cost: int) -> None:
    """Raises OutOfCredits, or RateLimited where too many jobs have failed or guests have had enough."""
    quotas.admit(known.failures)
    accounting.check_balance(known.balance, cost)
    if principal.is_guest:
        guests.count_credits(principal.networks, cost)


def cost_of_all(uploads: Sequence[TempFile], options: ProcessingSettings) -> int:
    return sum(cost_of(upload.image, options) for upload in uploads)


def find_payer(temp_file_ids: Sequence[str]) -> Principal:
    """The guest who pays for a call without any credential. Raises InvalidRequest or NotFound."""
    check_batch(temp_file_ids)
    return files.find_uploading_guest(temp_file_ids)


def find_earlier(principal: Principal, call: IdempotencyRecord | None, now: datetime) -> Accepted | None:
    """What has come of a call, as it is now; None where it is new.

    Raises InvalidRequest where its key was another call's, and Expired where its jobs have been deleted.
    """
    job_ids = idempotency.load(call, now)
    return find_accepted(principal, job_ids, now) if job_ids else None


def find_accepted(principal: Principal, job_ids: Sequence[str], now: datetime) -> Accepted:
    """The jobs that came of a call, as they are now. Raises Expired where some have been deleted."""
    jobs = find_all(job_ids)
    if len(jobs) < len(job_ids):
        raise Expired("The jobs of this Idempotency-Key have been deleted.")
    return Accepted(jobs, accounting.balance(principal, now).remaining)


def check_uploads(
    principal: Principal, temp_file_ids: Sequence[str], options: ProcessingSettings, found: Mapping[str, TempFile]
) -> list[TempFile]:
    """The principal's own, where what is asked can be done with all of them."""
    if options.callback_url is not None:
        check_callback(options.callback_url)
    if Step.TAG in steps_for(options):
        check_available()
    uploads = files.check_owned(principal, temp_file_ids, found)
    for upload in uploads:
        check_image(upload.image, options)
    return uploads


def check_callback(url: str) -> None:
    """Raises InvalidRequest: it is one of the settings."""
    try:
        check_url(url)
    except Unfetchable as error:
        raise InvalidRequest(f"callback_url: {error}") from error


def accept(principal: Principal, jobs: list[Job], balance: Balance, call: IdempotencyRecord | None) -> Accepted:
    """Writes jobs that the balance is enough for, and starts them.

    Where it isn't any more, that is decided anew: what is missing may have been taken by the same call. Raises NotFound
    where an upload has been deleted meanwhile.
    """
    now = jobs[0].created_at
    for _ in range(DECISIONS):
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


def check_batch(temp_file_ids: Sequence[str]) -> None:
    limit = settings().max_batch_files
    if not 0 < len(temp_file_ids) <= limit:
        raise InvalidRequest(f"Send 1 to {limit} temp_file_ids in one call, not {len(temp_file_ids)}.")


def new_jobs(submission: Submission, uploads: Sequence[TempFile], taken: Collection[str]) -> list[Job]:
    """The first of them with tickets, as many as there are slots for now: others draw theirs when it is their turn."""
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
        credits=cost_of(upload.image, submission.options),
        credit_period=submission.period,
        call_id=submission.call_id,
    )


def enqueue(jobs: Sequence[Job]) -> None:
    """Whatever goes wrong, the jobs are accepted and paid for: reconciliation does what is left to be done."""
    for job in jobs:
        logger.info("job accepted", extra={"job_id": job.id, "owner": job.owner})
    try:
        dispatch.dispatch_new(jobs)
    except Exception:
        logger.exception("jobs could not be dispatched", extra={"owner": jobs[0].owner})


def resume_accepted(accepted: Accepted) -> Accepted:
    """The same where they were accepted by a call before."""
    try:
        dispatch.dispatch_again(accepted.jobs)
    except Exception:
        logger.exception("jobs could not be dispatched", extra={"owner": accepted.jobs[0].owner})
    return accepted
