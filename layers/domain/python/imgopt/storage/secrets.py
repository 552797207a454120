"""Secrets in AWS Secrets Manager, cached for 15 minutes, because they can be replaced while the service runs."""

import json
from functools import cache

from imgopt.storage.clients import aws_errors, secretsmanager
from imgopt.ttl_cache import TtlCache

CACHE_SECONDS = 15 * 60  # seconds


def read(arn: str) -> str:
    """Returns a secret, at most 15 minutes old, or a day where it can't be read. Raises Unavailable."""
    return _cache_of(arn).get()


def renew(arn: str) -> str:
    """Returns the present secret, for a caller whose cached one was refused. Reads at most once a minute."""
    return _cache_of(arn).renew()


def forget() -> None:
    _cache_of.cache_clear()


def split_secret(secret: str) -> list[str]:
    """Returns the parts of a secret: the new one first, then the one that it replaces.

    Parts are separated by commas, or are the values of a JSON object.
    """
    return [part.strip() for part in _read_object(secret) or secret.split(",") if part.strip()]


def _read_object(secret: str) -> list[str]:
    """Returns the values of a JSON object; none for other texts."""
    try:
        known = json.loads(secret)
    except ValueError:
        return []
    return [str(part) for part in known.values()] if isinstance(known, dict) else []


@cache
def _cache_of(arn: str) -> TtlCache[str]:
    return TtlCache(
        "secret", lambda: (_fetch(arn), CACHE_SECONDS), "A secret can't be read at present. Please try again."
    )


def _fetch(arn: str) -> str:
    with aws_errors():
        return secretsmanager().get_secret_value(SecretId=arn)["SecretString"]
