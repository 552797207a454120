"""Jobs from the outside: submitting them and looking at them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from imgopt import clock
from imgopt.accounts.model import Principal
from imgopt.errors import ImgoptError, InvalidRequest, NotFound
from imgopt.files import service as files
from imgopt.files.model import TempFile
from imgopt.jobs import line, repository
from imgopt.jobs.model import Job, JobStatus, Result
from imgopt.outbound.destinations import check_url
from imgopt.pipeline.options import ProcessingSettings
from imgopt.pipeline.plan import check_image
from imgopt.settings import settings
from imgopt.telemetry import logger

NOT_STARTED = "Processing could not be started. Please try again."


def submit(
    principal: Principal | None, temp_file_ids: Sequence[str], options: ProcessingSettings, entry_point: str
) -> list[Job]:
    """Creates one job per upload, all or none, and starts them.

    Raises InvalidRequest, TooLarge, NotFound or Expired before anything is written.
    """
    check_batch(temp_file_ids)
    if options.callback_url is not None:
        check_url(options.callback_url)
    uploads = files.find_owned(principal, temp_file_ids)
    for upload in uploads:
        check_image(upload.image, options)
    tickets = line.draw_tickets(len(uploads))
    jobs = [new_job(upload, options, entry_point, ticket) for upload, ticket in zip(uploads, tickets, strict=True)]
    repository.create_all(jobs)
    return [start(job) for job in jobs]


def check_batch(temp_file_ids: Sequence[str]) -> None:
    limit = settings().max_batch_files
    if not 0 < len(temp_file_ids) <= limit:
        raise InvalidRequest(f"Send 1 to {limit} temp_file_ids in one call, not {len(temp_file_ids)}.")


def new_job(upload: TempFile, options: ProcessingSettings, entry_point: str, ticket: int) -> Job:
    now = clock.now()
    return Job(
        id=str(uuid4()),
        owner=upload.owner,
        temp_file_id=upload.id,
        status=JobStatus.QUEUED,
        filename=upload.filename,
        source_key=upload.key,
        source_size=upload.size,
        source=upload.image,
        options=options,
        entry_point=entry_point,
        ticket=ticket,
        created_at=now,
        expires_at=now + timedelta(seconds=settings().result_lifetime),
    )


def start(job: Job) -> Job:
    """Starts a job's execution; one that can't be started has failed, and says so."""
    known = {"job_id": job.id, "owner": job.owner}
    try:
        repository.start_execution(job)
    except ImgoptError:
        logger.exception("execution could not be started", extra=known)
        repository.mark_failed(job.id, clock.now(), NOT_STARTED)
        return replace(job, status=JobStatus.FAILED, error_message=NOT_STARTED)
    logger.info("job accepted", extra=known)
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


def stream_result(result: Result, part: range | None = None) -> Iterator[bytes]:
    """All of it, or some of its bytes."""
    return repository.stream_result(result.key, part)


def presign_result(result: Result, disposition: str, seconds: int) -> str:
    return repository.presign_result(result.key, disposition=disposition, seconds=seconds)
