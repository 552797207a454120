"""Callers that are not principals: a scheduler, known by a shared secret, and a task queue, known by its account."""

from typing import Annotated, Any

from fastapi import Depends, Header

from functions.api import pools
from functions.api.shared_secrets import SecretSource
from imgopt.errors import NotConfigured, Unauthorized
from imgopt.settings import settings


@pools.SECRETS.runs
def check_scheduler(x_cloudscheduler: Annotated[str | None, Header(alias="X-CloudScheduler")] = None) -> None:
    """Raises Unauthorized if the header is not the secret, NotConfigured if no secret is configured."""
    secret = SecretSource(settings().scheduler_secret, settings().scheduler_secret_arn)
    if not secret.is_set_up:
        raise NotConfigured("Calls by a scheduler are not set up: IMGOPT_SCHEDULER_SECRET is not set.")
    if not secret.fits((x_cloudscheduler or "").encode()):
        raise Unauthorized("The header X-CloudScheduler does not contain the secret of IMGOPT_SCHEDULER_SECRET.")


@pools.ISSUERS.runs
def find_task(
    authorization: Annotated[str | None, Header()] = None, x_cloudtasks_taskname: Annotated[str | None, Header()] = None
) -> str | None:
    """The task's name. Raises Unauthorized if the token is not the queue's, NotConfigured if no queue is configured."""
    config = settings()
    if not (config.process_issuer and config.process_audience and config.process_subject):
        raise NotConfigured("Processing by a task queue is not set up.")
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or config.process_subject not in names_in(read_claims(token)):
        raise Unauthorized("The token does not belong to the task queue's account.")
    return x_cloudtasks_taskname


def read_claims(token: str) -> dict[str, Any]:
    """The claims of a token. Raises Unauthorized if its signature, issuer, audience or times are wrong."""
    from imgopt.accounts import oidc  # other requests need no cryptography

    config = settings()
    return oidc.verify(token, issuer=config.process_issuer, audience=config.process_audience)


def names_in(claims: dict[str, Any]) -> set[Any]:
    """The names of an account: its subject, and its e-mail address if the issuer has verified that."""
    email = claims.get("email") if claims.get("email_verified") is True else None
    return {claims.get("sub"), email} - {None}


SchedulerRequired = Depends(check_scheduler)
TaskName = Annotated[str | None, Depends(find_task)]
