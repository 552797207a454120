"""Guests: whoever comes without a credential is given one."""

from datetime import timedelta
from functools import lru_cache
from uuid import uuid4

from imgopt import clock
from imgopt.accounts import repository
from imgopt.accounts.model import GUEST_PREFIX, Credential, Guest, Principal
from imgopt.accounts.plans import Tier
from imgopt.accounts.tokens import hash_token, new_token
from imgopt.errors import NotFound
from imgopt.settings import settings

MOST_GUESTS_KNOWN = 1024


def create_guest() -> tuple[Principal, str]:
    """A new guest and its session token, which is not kept anywhere and can't be shown again."""
    token, now = new_token(), clock.now()
    guest = Guest(
        id=f"{GUEST_PREFIX}{uuid4()}",
        token_hash=hash_token(token),
        created_at=now,
        expires_at=now + timedelta(seconds=settings().guest_lifetime),
    )
    repository.add_guest(guest)
    return Principal(guest.id, Tier.UNREGISTERED, Credential.SESSION), token


def find_by_session_token(token: str) -> Principal | None:
    """None where there is no such guest, or where it has expired."""
    try:
        guest = known_guest(hash_token(token))
    except NotFound:
        return None
    return None if guest.expires_at <= clock.now() else Principal(guest.id, Tier.UNREGISTERED, Credential.SESSION)


@lru_cache(maxsize=MOST_GUESTS_KNOWN)
def known_guest(token_hash: str) -> Guest:
    """A guest's record never changes, and only its end removes it: one that was read is not read again.

    Raises NotFound, which is not remembered.
    """
    guest = repository.find_guest(token_hash)
    if guest is None:
        raise NotFound("There is no such guest.")
    return guest
