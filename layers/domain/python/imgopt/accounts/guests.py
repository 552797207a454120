"""Guests: a client without a credential gets a session token.

The token contains its guest's id and its end, and is signed by the service's secret, so that nothing is stored. Tokens
of version 0.1 were random; their hashes are in the table until they expire.
"""

import re
from datetime import timedelta
from hmac import compare_digest
from uuid import uuid4

from imgopt import clock, derivation
from imgopt.accounts import repository
from imgopt.accounts.model import GUEST_PREFIX, Credential, Principal
from imgopt.accounts.plans import Tier
from imgopt.accounts.tokens import hash_token
from imgopt.settings import settings

PURPOSE = "session token"
# The guest's id, the end in seconds since 1970, and a signature of 256 bits.
SIGNED_TOKEN = re.compile(r"guest_([0-9a-f-]{36})_([0-9]{10,12})_([0-9a-f]{64})")


def create_guest() -> tuple[Principal, str]:
    """Returns a new guest and its session token, which is not stored and can't be shown again."""
    name, ends_at = str(uuid4()), clock.now() + timedelta(seconds=settings().guest_lifetime)
    ends = str(int(ends_at.timestamp()))
    return _principal_of(GUEST_PREFIX + name), f"guest_{name}_{ends}_{derivation.derive(PURPOSE, _claim(name, ends))}"


def find_by_session_token(token: str) -> Principal | None:
    """Returns the guest of a token; None where the token is unknown or has expired.

    Raises Unavailable where the secret can't be read.
    """
    signed = SIGNED_TOKEN.fullmatch(token)
    return _verify(*signed.groups()) if signed else _find_stored(token)


def _verify(name: str, ends: str, signature: str) -> Principal | None:
    """Verifies a token by each line of the secret, which has several while it is being replaced.

    Reads the secret again where none fits: another process may have seen a newer one.
    """
    if int(ends) <= clock.now().timestamp():
        return None
    is_ours = any(_fits(signature, _claim(name, ends), renewed=renewed) for renewed in (False, True))
    return _principal_of(GUEST_PREFIX + name) if is_ours else None


def _fits(signature: str, claim: str, *, renewed: bool) -> bool:
    return any(compare_digest(signature, each) for each in derivation.derive_all(PURPOSE, claim, renewed=renewed))


def _claim(name: str, ends: str) -> str:
    return f"{name} until {ends}"


def _find_stored(token: str) -> Principal | None:
    guest = repository.find_guest(hash_token(token))
    return _principal_of(guest.id) if guest and guest.expires_at > clock.now() else None


def _principal_of(guest_id: str) -> Principal:
    return Principal(guest_id, Tier.UNREGISTERED, Credential.SESSION)
