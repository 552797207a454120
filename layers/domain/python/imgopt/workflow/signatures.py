"""Signatures by the operator's key, for C2PA manifests: read, made, and put where a placeholder stands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as checked_dataclass

from imgopt.settings import settings
from imgopt.storage import secrets, table

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

# Between two halves of a signature there may be the head of a block, as in GIF, or of a segment, as in JPEG.
LONGEST_BREAK = 64


class UnfitKey(ValueError):
    """A key that no manifest can be signed by, or that is not its certificate's."""


@checked_dataclass(frozen=True, config=ConfigDict(hide_input_in_errors=True))
class KeyPair:
    """Both as PEM: the certificate of the key first, then those that it was signed by."""

    certificates: str
    private_key: str = field(repr=False)


@dataclass(frozen=True)
class Signer:
    """`algorithm` is a name of the library's, `size` the bytes of a signature."""

    certificates: str
    algorithm: str
    size: int
    sign: Callable[[bytes], bytes] = field(repr=False)


def read_signer() -> Signer:
    """Raises UnfitKey, OSError or Unavailable where there is none that can be used."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pair = _read_pair()
    try:
        key = load_pem_private_key(pair.private_key.encode(), password=None)
        certificate = x509.load_pem_x509_certificate(pair.certificates.encode())
    except (ValueError, TypeError) as error:
        raise UnfitKey("The key or its certificate is no PEM, or is encrypted.") from error
    if certificate.public_key() != key.public_key():
        raise UnfitKey("The first certificate is not the key's.")
    return _signer_of(pair.certificates, key)


def _read_pair() -> KeyPair:
    known = settings()
    if not known.c2pa_secret_arn:
        return KeyPair(Path(known.c2pa_certificates).read_text(), Path(known.c2pa_private_key).read_text())
    pair: KeyPair = table.adapter(KeyPair).validate_json(secrets.read(known.c2pa_secret_arn))
    return pair


def _signer_of(certificates: str, key: "PrivateKeyTypes") -> Signer:
    """The algorithms of C2PA 2.2, "Digital Signatures", that keys of fixed length are for."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if isinstance(key, Ed25519PrivateKey):
        return Signer(certificates, "ED25519", 64, key.sign)
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1 | SECP384R1):
        bits = key.curve.key_size
        return Signer(certificates, f"ES{bits}", bits // 4, lambda data: _sign_by_curve(key, data))
    raise UnfitKey("A key is of the curves P-256, P-384 or Ed25519.")


def _sign_by_curve(key: "PrivateKeyTypes", data: bytes) -> bytes:
    """Both numbers one after the other (RFC 9053, 2.1)."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256, SHA384

    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - by `_signer_of`
    size = key.curve.key_size // 8
    numbers = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256() if size == 32 else SHA384())))
    return b"".join(number.to_bytes(size) for number in numbers)


def put_signature(data: bytes, placeholder: bytes, signature: bytes) -> bytes | None:
    """A file with a signature in place of its placeholder, which may be broken once; None where it isn't there."""
    for at in range(len(placeholder)):
        start, end = _find_parts(data, placeholder[:at], placeholder[at:])
        if start >= 0:
            between = data[start + at : end - len(placeholder) + at]
            return b"".join((data[:start], signature[:at], between, signature[at:], data[end:]))
    return None


def _find_parts(data: bytes, first: bytes, second: bytes) -> tuple[int, int]:
    """Where the first begins and the second ends, found by the longer of them; -1 twice where they aren't there."""
    if len(second) >= len(first):
        after = data.find(second)
        start = data.rfind(first, max(0, after - LONGEST_BREAK - len(first)), after) if first and after >= 0 else after
    else:
        start = data.find(first)
        behind = start + len(first)
        after = data.find(second, behind, behind + LONGEST_BREAK + len(second)) if start >= 0 else -1
    return (start, after + len(second)) if min(start, after) >= 0 else (-1, -1)
