"""Signatures of image URLs: HMAC-SHA256 of a salt and the path, in unpadded base64url."""

import base64
from hmac import compare_digest, digest

from imgopt.errors import ForbiddenImageUrl
from imgopt.image_urls.model import SIGNATURE_BYTES, SigningKey, UrlRules

# What published clients write in place of a signature where they don't sign.
UNSIGNED_MARKS = frozenset({"insecure", "unsafe", "_", "-"})
UNSIGNED_NAME, TRUSTED_NAME = "unsigned", "trusted"


def sign(path: str, key: bytes, salt: bytes, size: int = SIGNATURE_BYTES) -> str:
    """Returns the signature of `/{options}/{source}`, cut to `size` bytes (1 to 32)."""
    full = digest(key, salt + path.encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(full[:size]).rstrip(b"=").decode()


def name_key(pair: SigningKey) -> str:
    """Returns eight characters that identify a key in counts of its use, without revealing it."""
    return digest(pair.key, b"name of " + pair.salt, "sha256").hex()[:8]


def find_signer(signature: str, path: str, rules: UrlRules) -> str:
    """Returns the name of the key that signed the path, or a trusted signature. It takes the same time for each
    signature.

    Raises ForbiddenImageUrl.
    """
    fitting = [pair for pair in rules.keys if _equal(signature, sign(path, pair.key, pair.salt, rules.signature_size))]
    trusted = [each for each in rules.trusted_signatures if _equal(signature, each)]
    if fitting:
        return name_key(fitting[0])
    if trusted:
        return TRUSTED_NAME
    if rules.unsigned_presets and signature in UNSIGNED_MARKS:
        return UNSIGNED_NAME
    raise ForbiddenImageUrl("Forbidden: the signature doesn't match the URL.")


def _equal(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
