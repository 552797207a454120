"""Guests: whoever comes without a credential is given one."""

from datetime import timedelta
from uuid import uuid4

from imgopt import clock
from imgopt.accounts import repository
from imgopt.accounts.model import GUEST_PREFIX, Credential, Guest, Principal
from imgopt.accounts.plans import Tier
from imgopt.accounts.tokens import hash_token, new_token
from imgopt.settings import settings


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
