"""Secrets in AWS Secrets Manager. They may be replaced while the service runs, and are kept a quarter of an hour."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.storage.clients import aws_errors, secretsmanager
from imgopt.telemetry import logger

FRESH, PATIENCE = timedelta(minutes=15), timedelta(minutes=1)


@dataclass(frozen=True)
class Known:
    value: str = field(repr=False)
    read_at: datetime


_known: dict[str, Known] = {}
_lock = Lock()


def read(arn: str) -> str:
    """As it was in the last quarter of an hour; older where it can't be read now. Raises Unavailable."""
    return _read(arn, FRESH)


def renew(arn: str) -> str:
    """As it is by now, for when the one before doesn't fit any more: it is read once a minute at most."""
    return _read(arn, PATIENCE)


def forget() -> None:
    _known.clear()


def parts_of(secret: str) -> list[str]:
    """A secret may have several parts, separated by commas: the new one first, and the one it takes the place of."""
    return [part.strip() for part in secret.split(",") if part.strip()]


def _read(arn: str, good_for: timedelta) -> str:
    before = _known.get(arn)
    if before and clock.now() - before.read_at < good_for:
        return before.value
    with _lock:
        if _known.get(arn) is not before:  # somebody else has read it meanwhile
            return _known[arn].value
        try:
            value = _fetch(arn)
        except Unavailable:
            if before is None:
                raise
            logger.warning("a secret could not be read anew")
            value = before.value
        _known[arn] = Known(value, clock.now())
        return value


def _fetch(arn: str) -> str:
    with aws_errors():
        return secretsmanager().get_secret_value(SecretId=arn)["SecretString"]
