"""Jobs from the outside: submitting them and looking at them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from imgopt import clock
from imgopt.accounts.model import Principal
from imgopt.credits import service as accounting
from imgopt.credits.cost import cost_of
from imgopt.credits.model import Balance
from imgopt.errors import Expired, ImgoptError, InvalidRequest, NotFound, Unavailable, Unfetchable
from imgopt.files import service as files
from imgopt.files.model import TempFile
from imgopt.jobs import calls, line, repository
from imgopt.jobs.calls import Call
from imgopt.jobs.model import Job, JobStatus, Result
from imgopt.outbound.destinations import check_url
from imgopt.pipeline.options import ProcessingSettings
from imgopt.pipeline.plan import check_image
from imgopt.retention.lifetimes import lifetime_of
from imgopt.settings import settings
from imgopt.storage.parts import Size
from imgopt.storage.transactions import Refused
from imgopt.telemetry import logger

# How often it is decided anew whether the credits are enough.
DECISIONS = 4
NOT_STARTED = "Processing could not be started. Please try again."


@dataclass(frozen=True)
class Order:
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
    TooLarge, NotFound, Expired or OutOfCredits before anything is written.
    """
    check_batch(temp_file_ids)
    if principal is None:
        raise NotFound("Temp file not found. Upload it first, and send the session token that this answers.")
    # A setting that a later release adds makes no other request of what was sent before it.
    wanted = options.model_dump(mode="json", exclude_defaults=True)
    now, asked = clock.now(), [entry_point, list(temp_file_ids), wanted]
    call = calls.describe(principal.id, key, asked) if key else None
    balance = accounting.balance(principal, now)  # before the call is looked for, as below
    earlier = find_earlier(principal, call, now)
    if earlier:
        return earlier
    uploads = find_uploads(principal, temp_file_ids, options)
    accounting.check(balance, sum(cost_of(upload.image, options) for upload in uploads))
    tickets = line.draw_tickets(len(uploads))
    call_id = str(uuid4()) if len(uploads) > 1 else None
    order = Order(options, entry_point, balance.period.name, now, now + lifetime_of(principal.tier), call_id)
    jobs = [new_job(order, upload, ticket) for upload, ticket in zip(uploads, tickets, strict=True)]
    return accept(principal, jobs, balance, call)


def find_payer(temp_file_ids: Sequence[str]) -> Principal:
    """The guest who pays for a call without any credential. Raises InvalidRequest or NotFound."""
    check_batch(temp_file_ids)
    return files.find_guest(temp_file_ids)


def find_earlier(principal: Principal, call: Call | None, now: datetime) -> Accepted | None:
    """What has come of a call, as it is now; None where it is new.

    Raises InvalidRequest where its key was another call's, and Expired where its jobs have been deleted.
    """
    job_ids = calls.recall(call, now) if call else []
    if not job_ids:
        return None
    jobs = find_all(job_ids)
    if len(jobs) < len(job_ids):
        raise Expired("The jobs of this Idempotency-Key have been deleted.")
    return Accepted(jobs, accounting.balance(principal, now).remaining)


def find_uploads(principal: Principal, temp_file_ids: Sequence[str], options: ProcessingSettings) -> list[TempFile]:
    """The principal's own, where what is asked can be done with all of them."""
    if options.callback_url is not None:
        check_callback(options.callback_url)
    uploads = files.find_owned(principal, temp_file_ids)
    for upload in uploads:
        check_image(upload.image, options)
    return uploads


def check_callback(url: str) -> None:
    """Raises InvalidRequest: it is one of the settings."""
    try:
        check_url(url)
    except Unfetchable as error:
        raise InvalidRequest(f"callback_url: {error}") from error


def accept(principal: Principal, jobs: Sequence[Job], balance: Balance, call: Call | None) -> Accepted:
    """Writes jobs that the balance is enough for, and starts them.

    Where it isn't any more, that is decided anew. It is read before the call is looked for: what is missing may have
    been taken by that. Raises NotFound where an upload has been deleted meanwhile.
    """
    now = jobs[0].created_at
    for _ in range(DECISIONS):
        try:
            repository.create_all(jobs, balance, call)
        except Refused:
            balance = accounting.balance(principal, now)
            earlier = find_earlier(principal, call, now)
            if earlier:
                return earlier
            accounting.check(balance, sum(job.credits for job in jobs))
            files.find_owned(principal, [job.temp_file_id for job in jobs])
        else:
            started = [start(job) for job in jobs]
            return Accepted(started, balance.remaining - sum(job.credits_used for job in started))
    raise Unavailable("Storage is busy. Please try again.")


def check_batch(temp_file_ids: Sequence[str]) -> None:
    limit = settings().max_batch_files
    if not 0 < len(temp_file_ids) <= limit:
        raise InvalidRequest(f"Send 1 to {limit} temp_file_ids in one call, not {len(temp_file_ids)}.")


def new_job(order: Order, upload: TempFile, ticket: int) -> Job:
    return Job(
        id=str(uuid4()),
        owner=upload.owner,
        temp_file_id=upload.id,
        status=JobStatus.QUEUED,
        filename=upload.filename,
        source_key=upload.key,
        source_size=upload.size,
        source=upload.image,
        options=order.options,
        entry_point=order.entry_point,
        created_at=order.at,
        expires_at=order.expires_at,
        ticket=ticket,
        credits=cost_of(upload.image, order.options),
        credit_period=order.period,
        call_id=order.call_id,
    )


def start(job: Job) -> Job:
    """Starts a job's execution; one that can't be started has failed, and says so."""
    known = {"job_id": job.id, "owner": job.owner}
    try:
        repository.start_execution(job)
    except Exception:  # whatever it is, the job is paid for, and others may follow
        logger.exception("execution could not be started", extra=known)
        return give_up(job)
    logger.info("job accepted", extra=known)
    return job


def give_up(job: Job) -> Job:
    """The job as it is after that: it may have been started after all, and have ended.

    Where it can't be marked as failed it stays queued, and reconciliation starts it.
    """
    try:
        failed = repository.mark_failed(job.id, clock.now(), NOT_STARTED)
        return failed or next(iter(repository.find_all([job.id])), job)
    except ImgoptError:
        logger.exception("job could not be marked as failed", extra={"job_id": job.id, "owner": job.owner})
        return job


def find(job_id: str) -> Job:
    """The job as it is now. An unguessable id is all that is needed to see it."""
    found = find_all([job_id])
    if not found:
        raise NotFound("Job not found.")
    return found[0]


def find_all(job_ids: Sequence[str]) -> list[Job]:
    """Those of the jobs that are known, as they are now, in the order of their ids."""
    now, deadline = clock.now(), timedelta(seconds=settings().processing_deadline)
    found = {job.id: job.seen_at(now, deadline=deadline) for job in repository.find_all(job_ids)}
    return [found[job_id] for job_id in dict.fromkeys(job_ids) if job_id in found]


def stream_result(result: Result, wanted: range, size: Size) -> Iterator[bytes]:
    """Some of its bytes, in parts of that size. Raises NotFound before the first of them."""
    return repository.stream_result(result.key, wanted, size)


def presign_result(result: Result, disposition: str, seconds: int) -> str:
    return repository.presign_result(result.key, disposition=disposition, seconds=seconds)
