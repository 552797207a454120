"""Secrets in AWS Secrets Manager. They may be replaced while the service runs, and are kept a quarter of an hour."""

import json
from functools import cache

from imgopt.storage.clients import aws_errors, secretsmanager
from imgopt.ttl_cache import TtlCache

FRESH = 15 * 60  # seconds


def read(arn: str) -> str:
    """As it was in the last quarter of an hour, or day where it can't be read now. Raises Unavailable."""
    return _cache_of(arn).get()


def renew(arn: str) -> str:
    """The current value, for when the kept one is refused. It is read at most once a minute."""
    return _cache_of(arn).renew()


def forget() -> None:
    _cache_of.cache_clear()


def split_secret(secret: str) -> list[str]:
    """A secret may have several parts: the new one first, and the one it takes the place of.

    They are separated by commas, or are the values of an object in JSON, for whoever can send one of these alone.
    """
    return [part.strip() for part in _read_object(secret) or secret.split(",") if part.strip()]


def _read_object(secret: str) -> list[str]:
    """Nothing where it is none."""
    try:
        known = json.loads(secret)
    except ValueError:
        return []
    return [str(part) for part in known.values()] if isinstance(known, dict) else []


@cache
def _cache_of(arn: str) -> TtlCache[str]:
    return TtlCache("secret", lambda: (_fetch(arn), FRESH), "A secret can't be read at present. Please try again.")


def _fetch(arn: str) -> str:
    with aws_errors():
        return secretsmanager().get_secret_value(SecretId=arn)["SecretString"]
