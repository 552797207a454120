"""Signatures of callbacks, by which a receiver verifies their origin and time."""

from collections.abc import Sequence

from imgopt.derivation import derive_all, hmac_of

SIGNATURE = "Imgopt-Signature"


def derive_secrets(owner: str, number: int = 0) -> list[str]:
    """Returns the secrets for an owner's callbacks, 64 hexadecimal digits each; different for each owner and `number`.

    The first one is the present one. Others follow while the service's own secret is being replaced.
    """
    return derive_all(f"callbacks {number}" if number else "callbacks", owner)


def sign(keys: Sequence[str], timestamp: int, body: bytes) -> str:
    """Returns `t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>">`, with one `v1` for each of the keys."""
    signed = str(timestamp).encode() + b"." + body
    return ",".join([f"t={timestamp}", *(f"v1={hmac_of(key.encode(), signed)}" for key in keys)])
