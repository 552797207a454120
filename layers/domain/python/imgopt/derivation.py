"""Keys that follow from the service's own secret, which may have several parts while it is replaced by another."""

import hmac
from hashlib import sha256

from imgopt.settings import settings
from imgopt.storage import secrets


def derive(purpose: str, about: str) -> str:
    """64 hexadecimal digits for one purpose, which tell nothing of the secret: by the newest part."""
    return derive_all(purpose, about)[0]


def derive_all(purpose: str, about: str) -> list[str]:
    """The same by each part, the newest first."""
    known = settings()
    parts = secrets.parts_of(known.signing_secret or secrets.read(known.signing_secret_arn))
    return [hmac_of(part.encode(), f"{purpose} of {about}".encode()) for part in parts]


def hmac_of(key: bytes, data: bytes) -> str:
    """HMAC-SHA256, in hexadecimal digits."""
    return hmac.new(key, data, sha256).hexdigest()
