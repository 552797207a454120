"""Signatures of C2PA manifests by the operator's key: reads the key, signs, and replaces a placeholder in a file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as checked_dataclass

from imgopt.settings import settings
from imgopt.storage import attributes, secrets

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

# Bytes that may separate two halves of a signature: the head of a block in GIF, or of a segment in JPEG.
LONGEST_BREAK = 64


class UnfitKey(ValueError):
    """The key can't sign manifests, or isn't the key of its certificate."""


@checked_dataclass(frozen=True, config=ConfigDict(hide_input_in_errors=True))
class KeyPair:
    """The certificate chain and its private key, both PEM. The key's own certificate comes first."""

    certificates: str
    private_key: str = field(repr=False)


@dataclass(frozen=True)
class Signer:
    """Signs C2PA manifests. `algorithm` is a name of the c2pa library; `size` is the length of a signature in bytes."""

    certificates: str
    algorithm: str
    size: int
    sign: Callable[[bytes], bytes] = field(repr=False)


def read_signer() -> Signer:
    """Reads the operator's key. Raises UnfitKey, OSError or Unavailable where it can't be read or used."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pair = _read_pair()
    try:
        key = load_pem_private_key(pair.private_key.encode(), password=None)
        certificate = x509.load_pem_x509_certificate(pair.certificates.encode())
    except (ValueError, TypeError) as error:
        raise UnfitKey("The key or its certificate is not PEM, or is encrypted. Use unencrypted PEM.") from error
    if certificate.public_key() != key.public_key():
        raise UnfitKey("The first certificate is not the key's own. Put the key's certificate first.")
    return _signer_of(pair.certificates, key)


def _read_pair() -> KeyPair:
    config = settings()
    if not config.c2pa_secret_arn:
        return KeyPair(Path(config.c2pa_certificates).read_text(), Path(config.c2pa_private_key).read_text())
    pair: KeyPair = attributes.adapter(KeyPair).validate_json(secrets.read(config.c2pa_secret_arn))
    return pair


def _signer_of(certificates: str, key: "PrivateKeyTypes") -> Signer:
    """Returns a signer by one of the algorithms of C2PA 2.2, "Digital Signatures", whose keys have a fixed length."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if isinstance(key, Ed25519PrivateKey):
        return Signer(certificates, "ED25519", 64, key.sign)
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1 | SECP384R1):
        bits = key.curve.key_size
        return Signer(certificates, f"ES{bits}", bits // 4, partial(_sign_by_curve, key))
    raise UnfitKey("The key has an unsupported type. Use an elliptic curve key: P-256, P-384 or Ed25519.")


def _sign_by_curve(key: "EllipticCurvePrivateKey", data: bytes) -> bytes:
    """Returns r and s one after the other, each as long as the key (RFC 9053, 2.1)."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256, SHA384

    size = key.curve.key_size // 8
    numbers = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256() if size == 32 else SHA384())))
    return b"".join(number.to_bytes(size) for number in numbers)


def put_signature(data: bytes, placeholder: bytes, signature: bytes) -> bytes | None:
    """Replaces a placeholder in a file by a signature of equal length. The placeholder may be split once.

    Returns None where the file has no placeholder.
    """
    for at in range(len(placeholder)):
        start, end = _find_parts(data, placeholder[:at], placeholder[at:])
        if start >= 0:
            between = data[start + at : end - len(placeholder) + at]
            return b"".join((data[:start], signature[:at], between, signature[at:], data[end:]))
    return None


def _find_parts(data: bytes, first: bytes, second: bytes) -> tuple[int, int]:
    """Returns where `first` begins and `second` ends; -1 twice where they aren't there. Searches for the longer one
    first.
    """
    if len(second) >= len(first):
        after = data.find(second)
        start = data.rfind(first, max(0, after - LONGEST_BREAK - len(first)), after) if first and after >= 0 else after
    else:
        start = data.find(first)
        behind = start + len(first)
        after = data.find(second, behind, behind + LONGEST_BREAK + len(second)) if start >= 0 else -1
    return (start, after + len(second)) if min(start, after) >= 0 else (-1, -1)
