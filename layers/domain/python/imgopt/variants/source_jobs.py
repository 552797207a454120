"""Jobs for image URLs, for work on a source that takes longer than an answer may.

The account in the settings pays for them. They are refunded and reconciled like all jobs.
"""

from io import BytesIO

from imgopt.accounts import users
from imgopt.accounts.model import Credential, Principal
from imgopt.errors import (
    AccountBlocked,
    InvalidRequest,
    NotConfigured,
    NotFound,
    NothingPaid,
    OutOfCredits,
    TooLarge,
    Unauthorized,
    UnusableSource,
)
from imgopt.files import service as files
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import service as jobs
from imgopt.jobs import submission
from imgopt.jobs.model import Job, JobStatus
from imgopt.settings import settings
from imgopt.variants import records, sources
from imgopt.variants.model import ReadSource, Snapshot
from imgopt.variants.single_flight import make_once

ENTRY_POINT = "image_url"
NO_ACCOUNT = "Upscaling and alt texts by image URL are not set up. The operator has to set IMGOPT_URL_ACCOUNT."


def find_or_submit(url: str, snapshot: Snapshot, name: str, options: ProcessingSettings, most: int) -> Job:
    """Returns the job of this name for the source's present version, or submits it. An expired job is submitted again.

    Raises NotConfigured without an account, NothingPaid where that has no credits left, and UnusableSource.
    """
    digest = snapshot.state.digest

    def find() -> Job | None:
        known = records.find(url)
        return _find_job(known.jobs.get(name, "")) if known and known.digest == digest else None

    def submit() -> Job:
        read = sources.read_bytes(url, snapshot, most)
        job = _submit(read, options)
        records.note_changes(url, read.state.digest, jobs={name: job.id})
        return job

    # serialized, because concurrent writes could lose a job's id
    return find() or make_once(f"job.{digest}", find, submit)


def _find_job(job_id: str) -> Job | None:
    try:
        job = jobs.find(job_id) if job_id else None
    except NotFound:
        return None
    return job if job and job.status is not JobStatus.EXPIRED else None


def _submit(source: ReadSource, options: ProcessingSettings) -> Job:
    principal = find_account()
    try:
        upload = files.store(BytesIO(source.data), None, source.state.image, principal.id)
        return submission.submit(principal, [upload.id], options, ENTRY_POINT).jobs[0]
    except OutOfCredits as error:
        raise NothingPaid from error
    except (InvalidRequest, TooLarge) as error:
        raise UnusableSource(str(error)) from error


def find_account() -> Principal:
    account = settings().url_account
    try:
        return users.principal_by_id(account, Credential.API_KEY) if account else _missing()
    except (Unauthorized, AccountBlocked) as error:
        raise NotConfigured(NO_ACCOUNT) from error


def _missing() -> Principal:
    raise NotConfigured(NO_ACCOUNT)
