"""What routers need of a request: who is asking, by the credentials of the contract, and about which job.

What is found is noted for the request's log line.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.concurrency import run_in_threadpool

from functions.api import pools
from functions.api.addresses import origin_of
from functions.api.pages.visitors import is_from_page, recognize_visitor
from imgopt import audit, authentication
from imgopt.accounts.model import Credential, Principal
from imgopt.errors import NotFound, ShutOut, Unauthorized
from imgopt.jobs import service as jobs
from imgopt.jobs.model import Job

T = TypeVar("T")
BY_PERSONS = (Credential.JWT, Credential.SESSION)
SessionToken = Annotated[str | None, Header(description="Guest session token")]
ForwardedFor = Annotated[str | None, Header(description="User IP address")]
# Where the contract names no credentials.
Hidden = Annotated[str | None, Header(include_in_schema=False)]


async def find_principal(
    request: Request,
    x_session_token: SessionToken = None,
    x_forwarded_for: ForwardedFor = None,  # in the contract; anyone can write anything into it
    authorization: Hidden = None,
) -> Principal | None:
    audit.set_origin(origin_of(request))
    return await run_by_credential(authorization, lambda: note_principal(request, x_session_token, authorization))


def note_principal(request: Request, session_token: str | None, authorization: str | None) -> Principal | None:
    """For the request's log line."""
    principal = authenticate_request(request, session_token, authorization)
    request.state.owner = principal.id if principal else None
    return principal


def authenticate_request(request: Request, session_token: str | None, authorization: str | None) -> Principal | None:
    """As `authentication.authenticate`, and who has signed in on our own page."""
    if authorization and is_from_page(authorization):
        return recognize_visitor(request, authorization)
    return authentication.authenticate(session_token, authorization)


async def run_by_credential(authorization: str | None, call: Callable[[], T]) -> T:
    """Where the issuer of a JWT has to be asked, and does not answer, all other credentials are still recognized."""
    if authentication.is_for_issuer(authorization):
        return await pools.ISSUERS.run(call)
    return await run_in_threadpool(call)


async def identify(request: Request) -> Principal | None:
    session_token, authorization = map(request.headers.get, ("x-session-token", "authorization"))
    return await run_by_credential(authorization, lambda: authenticate_request(request, session_token, authorization))


async def require_principal(
    request: Request, x_session_token: Hidden = None, authorization: Hidden = None
) -> Principal:
    principal = await find_principal(request, x_session_token, None, authorization)
    if principal is None:
        raise Unauthorized("Sign in, or send the session token of an upload.")
    return principal


async def require_user(request: Request, authorization: Hidden = None) -> Principal:
    """Raises Unauthorized for guests, too."""
    principal = await find_principal(request, None, None, authorization)
    if principal is None:
        raise Unauthorized("Sign in, or send an API key.")
    return principal


async def require_interactive_user(request: Request, authorization: Hidden = None) -> Principal:
    """What devices and servers hold was not given to them for making more of its kind."""
    principal = await find_principal(request, None, None, authorization)
    if principal is None or principal.credential is not Credential.JWT:
        raise Unauthorized("Sign in to do this.")
    return principal


async def require_person(request: Request, authorization: Hidden = None) -> Principal:
    """Who has signed in, by an application or on our own page: what they decide on next is shown to them by Stripe."""
    principal = await find_principal(request, None, None, authorization)
    if principal is None or principal.is_guest or principal.credential not in BY_PERSONS:
        raise Unauthorized("Sign in to do this.")
    return principal


async def note_origin(request: Request) -> None:
    """For audit lines of pages, which don't use `find_principal`."""
    audit.set_origin(origin_of(request))


async def find_job(request: Request, job_id: UUID) -> Job:
    """Raises NotFound where there is none, or the caller may not see it."""
    job = next(iter(await find_visible(request, [job_id])), None)
    if job is None:
        raise NotFound("Job not found.")
    request.state.owner = job.owner
    return job


async def find_visible(request: Request, job_ids: Sequence[UUID]) -> list[Job]:
    """Those of the jobs that exist and that the caller may see: a private job only its owner."""
    found = await run_in_threadpool(jobs.find_all, [str(job_id) for job_id in job_ids])
    if not any(map(jobs.is_private, found)):
        return found  # without asking who it is
    try:
        principal = await identify(request)
    except (Unauthorized, ShutOut):
        principal = None  # another answer than that of an unknown id would tell that there is such a job
    return [job for job in found if not jobs.is_private(job) or (principal and principal.id == job.owner)]


OptionalPrincipal = Annotated[Principal | None, Depends(find_principal)]
RequiredPrincipal = Annotated[Principal, Depends(require_principal)]
CurrentUser = Annotated[Principal, Depends(require_user)]
InteractiveUser = Annotated[Principal, Depends(require_interactive_user)]
Person = Annotated[Principal, Depends(require_person)]
NotesOrigin = Depends(note_origin)
KnownJob = Annotated[Job, Depends(find_job)]
