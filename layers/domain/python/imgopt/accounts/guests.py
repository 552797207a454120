"""Guests: whoever comes without a credential is given one."""

from datetime import timedelta
from threading import Lock
from uuid import uuid4

from imgopt import clock
from imgopt.accounts import repository
from imgopt.accounts.model import GUEST_PREFIX, Credential, Guest, Principal
from imgopt.accounts.plans import Tier
from imgopt.accounts.tokens import hash_token, new_token
from imgopt.settings import settings

# A guest's record never changes, and only its end removes it: one that is known is not read again.
MOST_GUESTS_KNOWN = 1024
known_guests: dict[str, Guest] = {}
_lock = Lock()


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
    _remember(guest)
    return Principal(guest.id, Tier.UNREGISTERED, Credential.SESSION), token


def find_by_session_token(token: str) -> Principal | None:
    """None where there is no such guest, or where it has expired."""
    guest = _find(hash_token(token))
    if guest is None or guest.expires_at <= clock.now():
        return None
    return Principal(guest.id, Tier.UNREGISTERED, Credential.SESSION)


def _find(token_hash: str) -> Guest | None:
    """That there is none is not remembered."""
    known = known_guests.get(token_hash)
    if known:
        return known
    found = repository.find_guest(token_hash)
    if found:
        _remember(found)
    return found


def _remember(guest: Guest) -> None:
    """In place of the one that has been known for longest, where there are too many."""
    with _lock:
        known_guests[guest.token_hash] = guest
        if len(known_guests) > MOST_GUESTS_KNOWN:
            del known_guests[next(iter(known_guests))]
