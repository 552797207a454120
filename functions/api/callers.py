"""Callers that are no principals: a scheduler, by a secret that it shares, and a queue of tasks, by its account."""

from hmac import compare_digest
from typing import Annotated, Any

from fastapi import Depends, Header

from functions.api import pools
from imgopt.errors import NotAvailable, Unauthorized
from imgopt.settings import LEAST_SECRET, settings
from imgopt.storage import secrets


@pools.SECRETS.runs
def check_scheduler(x_cloudscheduler: Annotated[str | None, Header(alias="X-CloudScheduler")] = None) -> None:
    """Raises Unauthorized, or NotAvailable where there is no secret that it could know."""
    known, given = settings(), (x_cloudscheduler or "").encode()
    if not known.scheduler_secret and not known.scheduler_secret_arn:
        raise NotAvailable("Calls of a scheduler are not set up.")
    if known.scheduler_secret:
        fits = is_one_of(given, known.scheduler_secret)
    else:
        fits = any(is_one_of(given, ask(known.scheduler_secret_arn)) for ask in (secrets.read, secrets.renew))
    if not fits:
        raise Unauthorized("The header X-CloudScheduler does not have the secret.")


def is_one_of(given: bytes, secret: str) -> bool:
    """Parts that can be guessed don't count."""
    parts = [part.encode() for part in secrets.parts_of(secret) if len(part) >= LEAST_SECRET]
    return any(compare_digest(part, given) for part in parts)


@pools.ISSUERS.runs
def find_task(
    authorization: Annotated[str | None, Header()] = None, x_cloudtasks_taskname: Annotated[str | None, Header()] = None
) -> str | None:
    """The name of a task of the queue. Raises Unauthorized, or NotAvailable where no account is named."""
    known = settings()
    if not (known.process_issuer and known.process_audience and known.process_subject):
        raise NotAvailable("Processing by task is not set up.")
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
