"""Keys that follow from the service's own secret, which may have several lines while it is replaced by another.

Lines, and no commas as others have: one that was made for us may have these in it.
"""

import hmac
from hashlib import sha256

from imgopt.settings import settings
from imgopt.storage import secrets


def derive(purpose: str, about: str) -> str:
    """64 hexadecimal digits for one purpose, which tell nothing of the secret: by its first line."""
    return derive_all(purpose, about)[0]


def derive_all(purpose: str, about: str, *, renewed: bool = False) -> list[str]:
    """The same by each line, the newest first. Raises Unavailable where the secret can't be read.

    `renewed` is for when what was derived from the secret as it is known doesn't fit: it may have been replaced.
    """
    return [hmac_of(line.encode(), f"{purpose} of {about}".encode()) for line in _lines(renewed=renewed)]


def hmac_of(key: bytes, data: bytes) -> str:
    """HMAC-SHA256, in hexadecimal digits."""
    return hmac.new(key, data, sha256).hexdigest()


def _lines(*, renewed: bool) -> list[str]:
    known, read = settings(), secrets.renew if renewed else secrets.read
    return (known.signing_secret or read(known.signing_secret_arn)).splitlines()
