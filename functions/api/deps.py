"""What routers need of a request: who is asking, by the credentials of the contract, and about which job.

What is found is noted for the request's log line.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request

from imgopt.accounts import service as accounts
from imgopt.accounts.model import Principal
from imgopt.jobs import service as jobs
from imgopt.jobs.model import Job

SessionToken = Annotated[str | None, Header(description="Guest session token")]
ForwardedFor = Annotated[str | None, Header(description="User IP address")]


def find_principal(
    request: Request,
    x_session_token: SessionToken = None,
    x_forwarded_for: ForwardedFor = None,  # in the contract; anyone can write anything into it
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Principal | None:
    principal = accounts.authenticate(x_session_token, authorization)
    request.state.owner = principal.id if principal else None
    return principal


def find_job(request: Request, job_id: UUID) -> Job:
    job = jobs.find(str(job_id))
    request.state.owner = job.owner
    return job


Asking = Annotated[Principal | None, Depends(find_principal)]
KnownJob = Annotated[Job, Depends(find_job)]
