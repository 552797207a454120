"""Derives keys from the signing secret, which has several lines while it is being replaced.

Lines are used, and not commas as for other secrets, because a generated secret may contain commas.
"""

import hmac
from hashlib import sha256

from imgopt.settings import settings
from imgopt.storage import secrets


def derive(purpose: str, about: str) -> str:
    """Returns 64 hexadecimal digits for one purpose, derived from the secret's first line. They don't reveal it."""
    return derive_all(purpose, about)[0]


def derive_all(purpose: str, about: str, *, renewed: bool = False) -> list[str]:
    """Returns the same for each line, the newest first. Raises Unavailable where the secret can't be read.

    `renewed` reads the secret again, for a caller whose value didn't match.
    """
    return [hmac_of(line.encode(), f"{purpose} of {about}".encode()) for line in _lines(renewed=renewed)]


def hmac_of(key: bytes, data: bytes) -> str:
    """Returns HMAC-SHA256 in hexadecimal."""
    return hmac.new(key, data, sha256).hexdigest()


def _lines(*, renewed: bool) -> list[str]:
    known, read = settings(), secrets.renew if renewed else secrets.read
    return (known.signing_secret or read(known.signing_secret_arn)).splitlines()
