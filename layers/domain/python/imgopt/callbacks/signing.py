"""Callbacks are signed, so that who receives one knows that it is ours and of now."""

import hmac
from collections.abc import Sequence
from hashlib import sha256

from imgopt.settings import settings
from imgopt.storage import secrets

SIGNATURE = "Imgopt-Signature"


def derive_secrets(owner: str, number: int = 0) -> list[str]:
    """The secrets of an owner's callbacks, 64 hexadecimal digits each; nobody else's, and others for each number.

    The first is that of now. There are more while the service's own secret is replaced by another.
    """
    purpose = f"callbacks {number}" if number else "callbacks"
    return [_derive(secret, purpose, owner) for secret in _secrets()]


def derive(purpose: str, about: str) -> str:
    """64 hexadecimal digits that follow from the service's secret, for one purpose, and tell nothing of it."""
    return _derive(_secrets()[0], purpose, about)


def sign(keys: Sequence[str], timestamp: int, body: bytes) -> str:
    """`t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>" by the key>`, with a `v1` for each key."""
    signed = str(timestamp).encode() + b"." + body
    return ",".join([f"t={timestamp}", *(f"v1={_hmac(key.encode(), signed)}" for key in keys)])


def _secrets() -> list[str]:
    known = settings()
    return secrets.parts_of(known.signing_secret or secrets.read(known.signing_secret_arn))


def _derive(secret: str, purpose: str, about: str) -> str:
    return _hmac(secret.encode(), f"{purpose} of {about}".encode())


def _hmac(key: bytes, data: bytes) -> str:
    return hmac.new(key, data, sha256).hexdigest()
