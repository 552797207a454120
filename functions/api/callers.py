"""Callers that are no principals: a scheduler, by a secret that it shares, and a queue of tasks, by its account."""

from typing import Annotated, Any

from fastapi import Depends, Header

from functions.api import pools
from functions.api.shared_secrets import SecretSource
from imgopt.errors import NotConfigured, Unauthorized
from imgopt.settings import settings


@pools.SECRETS.runs
def check_scheduler(x_cloudscheduler: Annotated[str | None, Header(alias="X-CloudScheduler")] = None) -> None:
    """Raises Unauthorized, or NotConfigured where there is no secret that it could know."""
    secret = SecretSource(settings().scheduler_secret, settings().scheduler_secret_arn)
    if not secret.is_set_up:
        raise NotConfigured("Calls of a scheduler are not set up.")
    if not secret.fits((x_cloudscheduler or "").encode()):
        raise Unauthorized("The header X-CloudScheduler does not have the secret.")


@pools.ISSUERS.runs
def find_task(
    authorization: Annotated[str | None, Header()] = None, x_cloudtasks_taskname: Annotated[str | None, Header()] = None
) -> str | None:
    """The name of a task of the queue. Raises Unauthorized, or NotConfigured where no account is named."""
    known = settings()
    if not (known.process_issuer and known.process_audience and known.process_subject):
        raise NotConfigured("Processing by task is not set up.")
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or known.process_subject not in names_in(read_claims(token)):
        raise Unauthorized("The token is not that of the task queue's account.")
    return x_cloudtasks_taskname


def read_claims(token: str) -> dict[str, Any]:
    """Those of a token whose signature, issuer, audience and times are right. Raises Unauthorized."""
    from imgopt.accounts import oidc  # other requests need no cryptography

    known = settings()
    return oidc.verify(token, issuer=known.process_issuer, audience=known.process_audience)


def names_in(claims: dict[str, Any]) -> set[Any]:
    """By what an account may be named: its subject, and its e-mail address where the issuer has verified that."""
    email = claims.get("email") if claims.get("email_verified") is True else None
    return {claims.get("sub"), email} - {None}


OnlySchedulers = Depends(check_scheduler)
TaskName = Annotated[str | None, Depends(find_task)]
