"""Parses keys and salts from the settings. All functions raise ValueError; their messages contain no secrets."""

from collections.abc import Sequence

from imgopt.image_urls.model import SigningKey
from imgopt.image_urls.signatures import UNSIGNED_MARKS

LEAST_KEY, LEAST_TRUSTED = 16, 16


def read_keys(keys: str, salts: str) -> tuple[SigningKey, ...]:
    """Parses hexadecimal keys and salts, separated by commas. Each key belongs to the salt at the same place."""
    pairs = _read_all(keys), _read_all(salts)
    if len(pairs[0]) != len(pairs[1]):
        raise ValueError("there must be one salt for each key")
    if any(len(key) < LEAST_KEY for key in pairs[0]):
        raise ValueError(f"a key needs at least {LEAST_KEY} bytes, which are {2 * LEAST_KEY} digits")
    return tuple(SigningKey(key, salt) for key, salt in zip(*pairs, strict=True))


def read_trusted(text: str) -> tuple[str, ...]:
    """Parses trusted signatures. Short ones could be guessed, and some words are what clients send without a
    signature.
    """
    found: Sequence[str] = [part.strip() for part in text.split(",") if part.strip()]
    if any(len(each) < LEAST_TRUSTED or each in UNSIGNED_MARKS for each in found):
        raise ValueError(f"a trusted signature needs at least {LEAST_TRUSTED} characters")
    return tuple(found)


def _read_all(text: str) -> list[bytes]:
    try:
        return [bytes.fromhex(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError:
        raise ValueError("keys and salts must be hexadecimal") from None
