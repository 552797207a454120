"""TinyPNG's API, so that its clients work unchanged. docs/tinypng.md describes it."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import BinaryIO

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from functions.api import leases, pools, shares
from functions.api.addresses import networks_of, origin_of
from functions.api.deps import note_principal
from functions.api.rate_limit import count_request, limit
from functions.api.tinypng import errors
from functions.api.tinypng.answers import COUNT, check_end, describe_shrunk, describe_stored, send_result
from functions.api.tinypng.bodies import is_json, read_image, read_object, read_source
from functions.api.tinypng.commands import JOB_SOURCE, Commands, read_commands
from functions.api.tinypng.errors import TinypngRefusal
from functions.api.tinypng.keys import credentials_by_key, credentials_of
from functions.api.tinypng.routes import TinypngRoute
from functions.api.upload_counts import count_bytes
from imgopt import audit
from imgopt.accounts.groups import group_of
from imgopt.accounts.model import Principal
from imgopt.codecs.formats import FORMATS
from imgopt.credits import compressions
from imgopt.credits.service import balance
from imgopt.errors import AccountBlocked, InvalidRequest, NotFound, RateLimited, Unauthorized
from imgopt.files import service as files
from imgopt.files.model import TempFile
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import repeated
from imgopt.jobs import service as jobs
from imgopt.jobs.external_tasks import wait_for_end
from imgopt.jobs.model import UNFINISHED, Job
from imgopt.jobs.storing import put_in_bucket
from imgopt.quotas.rules import RULES
from imgopt.safe_http.fetch import fetch
from imgopt.settings import settings

router = APIRouter(route_class=TinypngRoute, include_in_schema=False)
WRONG_KEY = "Credentials are invalid."
EMPTY_BODY = "The body is empty: send an image."
NO_OUTPUT = "There is no such output, or it belongs to someone else."
NEEDS_BACKGROUND = "The image is transparent, and {} has no transparency. Set a colour in transform.background."


# The least and the most seconds for storing a result in a client's bucket.
LEAST_STORE_SECONDS, MOST_STORE_SECONDS = 2.0, 15.0


@dataclass(frozen=True)
class Charged:
    """A job, and the number of compressions that its owner has used, including this one."""

    job: Job
    count: int


@router.post("/shrink", dependencies=[limit("uploads"), limit("processing")])
async def shrink(http: Request) -> Response:
    """Compress an image: the body itself, or the image at the URL in a JSON body."""
    until = time.monotonic() + settings().tinypng_seconds
    principal = require_key(http, http.state.principal)
    upload = await (take_source(http, principal) if is_json(http) else take_body(http, principal))
    charged = await submit(principal, upload.id, ProcessingSettings(job_source=JOB_SOURCE))
    return describe_shrunk(http, await wait(http, charged.job, until), charged.count)


@router.get("/output/{job_id}")
@router.post("/output/{job_id}")
async def make_output(http: Request, job_id: str) -> Response:
    """The result of a job. If the body has commands, another result of the same upload. Both methods do the same."""
    until = time.monotonic() + settings().tinypng_seconds
    sent = await read_object(http)
    if sent:
        return await answer_commands(http, job_id, read_commands(sent), until)
    charged = await pools.JOBS.run(find_open, http, job_id)
    return send_result(await wait_for_another(http, charged.job, until), charged.count)


async def answer_commands(http: Request, job_id: str, commands: Commands, until: float) -> Response:
    principal, job = await pools.JOBS.run(find_own, http, job_id)
    await pools.JOBS.run(count_request, http, RULES["processing"], principal.id, principal.tier)
    charged = await (
        submit_with_options(principal, job, commands) if commands.make_anew else pools.JOBS.run(count_for, job)
    )
    made = await (wait if commands.make_anew else wait_for_another)(http, charged.job, until)
    if commands.store is None:
        return send_result(made, charged.count)
    left = max(LEAST_STORE_SECONDS, until - time.monotonic())
    location = await pools.FETCHES.run(put_in_bucket, made, commands.store.bucket(), min(left, MOST_STORE_SECONDS))
    return describe_stored(made, charged.count, location)


@router.get("/keys/{key}", dependencies=[limit("key-checks")])
@pools.JOBS.runs
def describe_key(http: Request, key: str) -> Response:
    """The compressions that a key has left. Raises NotFound if it is not a key."""
    try:
        found = note_principal(http, *credentials_by_key(key))
    except Unauthorized:
        found = None
    if found is None:
        raise NotFound("There is no such key.")
    left = balance(found)
    headers = {
        COUNT: str(compressions.used_of(left)),
        f"{COUNT}-Remaining": str(compressions.left_of(left)),
        "Paying-State": "paid" if group_of(found.tier) == "paid" else "free",
        **({"Email-Address": found.email} if found.email else {}),
    }
    return JSONResponse({}, headers=headers)


def identify(http: Request) -> Principal | None:
    """Authenticates the request, and keeps the principal for its answer."""
    audit.set_origin(origin_of(http))
    principal = note_principal(http, *credentials_of(http.headers.get("authorization")))
    http.state.principal = principal
    return principal


def require_key(http: Request, principal: Principal | None) -> Principal:
    """The principal, a guest with its networks. Raises Unauthorized if there is none."""
    if principal is None:
        raise Unauthorized(WRONG_KEY)
    return replace(principal, networks=networks_of(http)) if principal.is_guest else principal


async def take_body(http: Request, principal: Principal) -> TempFile:
    async with read_image(http) as (content, size):
        if size == 0:
            raise TinypngRefusal(errors.INPUT_MISSING, EMPTY_BODY)
        return await pools.UPLOADS.run(keep, http, principal, content, size, None)


async def take_source(http: Request, principal: Principal) -> TempFile:
    url = await read_source(http)
    with ExitStack() as opened:
        async with shares.CLIENT_FETCHES.take(shares.client_of(http)):
            fetched = await pools.FETCHES.run(opened.enter_context, fetch(url, files.check_size))
        return await pools.UPLOADS.run(keep, http, principal, fetched.file, fetched.size, fetched.filename)


def keep(http: Request, principal: Principal, content: BinaryIO, size: int, filename: str | None) -> TempFile:
    image = files.inspect(content, size)
    count_bytes(http, principal, size)
    return files.store_once(principal, content, filename, image)


def find_own(http: Request, job_id: str) -> tuple[Principal, Job]:
    """The caller and the job, which the caller has to own. Raises Unauthorized or NotFound."""
    principal, job = require_key(http, identify(http)), find_output_job(job_id)
    if principal.id != job.owner:
        raise NotFound(NO_OUTPUT)
    return principal, job


def find_open(http: Request, job_id: str) -> Charged:
    """The job, for anyone who knows its id. A private job needs its owner's key. Raises NotFound."""
    job = find_output_job(job_id)
    if jobs.is_private(job) and not is_owner(http, job):
        raise NotFound(NO_OUTPUT)
    http.state.owner = job.owner
    return count_for(job)


def is_owner(http: Request, job: Job) -> bool:
    try:
        principal = identify(http)
    except (Unauthorized, AccountBlocked):
        return False  # a 401 would reveal that the job exists
    return principal is not None and principal.id == job.owner


def find_output_job(job_id: str) -> Job:
    job = next(iter(jobs.find_all([job_id])), None) if files.is_id(job_id) else None
    if job is None:
        raise NotFound(NO_OUTPUT)
    return job


async def submit_with_options(principal: Principal, job: Job, commands: Commands) -> Charged:
    options = commands.options()
    check_background(job, options)
    return await submit(principal, job.temp_file_id, options)


def check_background(job: Job, options: ProcessingSettings) -> None:
    """Raises InvalidRequest if a transparent image becomes a format without transparency, and no colour is set."""
    seen = job.result.transparent if job.result else None
    is_transparent = job.source.has_alpha if seen is None else seen
    target = FORMATS.get(options.output_format.value)
    if is_transparent and target and not target.keeps_alpha and options.output_background is None:
        raise InvalidRequest(NEEDS_BACKGROUND.format(target.label))


async def submit(payer: Principal, temp_file_id: str, options: ProcessingSettings) -> Charged:
    accepted = await pools.JOBS.run(repeated.submit_once, payer, temp_file_id, options, JOB_SOURCE)
    return await pools.JOBS.run(count_for, accepted.jobs[0])


def count_for(job: Job) -> Charged:
    return Charged(job, compressions.used_by(job.owner, job.credit_period))


async def wait(http: Request, job: Job, until: float) -> Job:
    """Waits for the job's end until the time `until`. If it has not ended, the same request finds it later."""
    return check_end(await wait_for_end(http.app.state.watcher, job, max(0.0, until - time.monotonic())))


async def wait_for_another(http: Request, job: Job, until: float) -> Job:
    """Waits as `wait` does for a job that another call made. It does not wait if the client has too many calls waiting.

    On Lambda each waiting call occupies an execution environment.
    """
    if job.status not in UNFINISHED:
        return check_end(job)
    try:
        async with leases.CLIENT_WAITS.take(origin_of(http)):
            return await wait(http, job, until)
    except RateLimited:
        return check_end(job)
