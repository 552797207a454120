"""Who is asking: guests by session token. Signed-in users come with the accounts feature."""

import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

from imgopt import clock
from imgopt.accounts import repository
from imgopt.accounts.model import Guest, Principal
from imgopt.errors import Unauthorized
from imgopt.settings import settings

TOKEN_BYTES = 32


def authenticate(session_token: str | None, authorization: str | None) -> Principal | None:
    """The principal behind a request's credentials; None where there are none that are still valid.

    Raises Unauthorized for an `Authorization` header: there is no user yet whose credential it could be.
    """
    if authorization:
        raise Unauthorized("Invalid or expired credentials.")
    guest = repository.find_guest(hash_token(session_token)) if session_token else None
    if guest is None or guest.expires_at <= clock.now():
        return None
    return Principal(id=guest.id, is_guest=True)


def create_guest() -> tuple[Principal, str]:
    """A new guest and its session token, which is not kept anywhere and can't be shown again."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = clock.now()
    guest = Guest(
        id=f"guest-{uuid4()}",
        token_hash=hash_token(token),
        created_at=now,
        expires_at=now + timedelta(seconds=settings().guest_lifetime),
    )
    repository.add_guest(guest)
    return Principal(id=guest.id, is_guest=True), token


def hash_token(token: str) -> str:
    return sha256(token.encode()).hexdigest()
