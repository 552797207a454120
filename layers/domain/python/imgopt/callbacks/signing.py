"""Callbacks are signed, so that who receives one knows that it is ours and of now."""

from collections.abc import Sequence

from imgopt.derivation import derive_all, hmac_of

SIGNATURE = "Imgopt-Signature"


def derive_secrets(owner: str, number: int = 0) -> list[str]:
    """The secrets of an owner's callbacks, 64 hexadecimal digits each; nobody else's, and others for each number.

    The first is the present one. There are more while the service's own secret is replaced by another.
    """
    return derive_all(f"callbacks {number}" if number else "callbacks", owner)


def sign(keys: Sequence[str], timestamp: int, body: bytes) -> str:
    """`t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>" by the key>`, with a `v1` for each key."""
    signed = str(timestamp).encode() + b"." + body
    return ",".join([f"t={timestamp}", *(f"v1={hmac_of(key.encode(), signed)}" for key in keys)])
