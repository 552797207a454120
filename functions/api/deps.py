"""Dependencies of routers: the principal of a request, by the contract's credentials, and the job it names.

Both are noted for the request's log line.
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
from imgopt.errors import AccountBlocked, NotFound, Unauthorized
from imgopt.jobs import service as jobs
from imgopt.jobs.model import Job

T = TypeVar("T")
SIGN_IN_CREDENTIALS = (Credential.JWT, Credential.SESSION)
SessionToken = Annotated[str | None, Header(description="Guest session token")]
ForwardedFor = Annotated[str | None, Header(description="User IP address")]
# Headers of operations for which the contract does not list credentials.
Hidden = Annotated[str | None, Header(include_in_schema=False)]


async def find_principal(
    request: Request,
    x_session_token: SessionToken = None,
    x_forwarded_for: ForwardedFor = None,  # in the contract, but not used: a client can send anything in it
    authorization: Hidden = None,
) -> Principal | None:
    audit.set_origin(origin_of(request))
    return await run_by_credential(authorization, lambda: note_principal(request, x_session_token, authorization))


def note_principal(request: Request, session_token: str | None, authorization: str | None) -> Principal | None:
    """Authenticates a request and notes the principal for its log line."""
    principal = authenticate_request(request, session_token, authorization)
    request.state.owner = principal.id if principal else None
    return principal


def authenticate_request(request: Request, session_token: str | None, authorization: str | None) -> Principal | None:
    """The principal by `authentication.authenticate`, or the user who has signed in on the service's own page."""
    if authorization and is_from_page(authorization):
        return recognize_visitor(request, authorization)
    return authentication.authenticate(session_token, authorization)


async def run_by_credential(authorization: str | None, call: Callable[[], T]) -> T:
    """Runs `call`, for JWTs in a pool of its own: if their issuer does not answer, other credentials still work."""
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
        raise Unauthorized("Send a credential: an API key, a device token, a JWT, or a guest's session token.")
    return principal


async def require_user(request: Request, authorization: Hidden = None) -> Principal:
    """The user. Raises Unauthorized if there is no credential, or a guest's."""
    principal = await find_principal(request, None, None, authorization)
    if principal is None:
        raise Unauthorized("Only users may do this. Sign in, or send an API key.")
    return principal


async def require_interactive_user(request: Request, authorization: Hidden = None) -> Principal:
    """The user, who has signed in by JWT or on a page. API keys and device tokens may not create more credentials."""
    principal = await find_principal(request, None, None, authorization)
    if principal is None or principal.credential is not Credential.JWT:
        raise Unauthorized("Sign in to do this.")
    return principal


async def require_person(request: Request, authorization: Hidden = None) -> Principal:
    """The user, who has signed in by JWT or on a page. Billing needs it: Stripe asks the user to confirm."""
    principal = await find_principal(request, None, None, authorization)
    if principal is None or principal.is_guest or principal.credential not in SIGN_IN_CREDENTIALS:
        raise Unauthorized("Sign in to do this.")
    return principal


async def note_origin(request: Request) -> None:
    """Notes the client's address for audit lines. Pages need it, as they don't use `find_principal`."""
    audit.set_origin(origin_of(request))


async def find_job(request: Request, job_id: UUID) -> Job:
    """The job of the path. Raises NotFound if it does not exist, or the caller may not see it."""
    job = next(iter(await find_visible(request, [job_id])), None)
    if job is None:
        raise NotFound("Job not found.")
    request.state.owner = job.owner
    return job


async def find_visible(request: Request, job_ids: Sequence[UUID]) -> list[Job]:
    """The jobs that exist and that the caller may see. Only its owner may see a private job."""
    found = await run_in_threadpool(jobs.find_all, [str(job_id) for job_id in job_ids])
    if not any(map(jobs.is_private, found)):
        return found  # without authentication
    try:
        principal = await identify(request)
    except (Unauthorized, AccountBlocked):
        principal = None  # a 401 would reveal that the job exists
    return [job for job in found if not jobs.is_private(job) or (principal and principal.id == job.owner)]


OptionalPrincipal = Annotated[Principal | None, Depends(find_principal)]
RequiredPrincipal = Annotated[Principal, Depends(require_principal)]
CurrentUser = Annotated[Principal, Depends(require_user)]
InteractiveUser = Annotated[Principal, Depends(require_interactive_user)]
Person = Annotated[Principal, Depends(require_person)]
NotesOrigin = Depends(note_origin)
KnownJob = Annotated[Job, Depends(find_job)]
