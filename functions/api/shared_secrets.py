"""Secrets that a caller and the service share: in the settings or in Secrets Manager, several while one is replaced."""

from dataclasses import dataclass, field
from hmac import compare_digest

from imgopt.setting_types import LEAST_SECRET
from imgopt.storage import secrets


@dataclass(frozen=True)
class SecretSource:
    """By value, or else by the ARN of where it is; neither where it isn't set up."""

    value: str = field(repr=False)
    arn: str

    @property
    def is_set_up(self) -> bool:
        return bool(self.value or self.arn)

    def fits(self, given: bytes) -> bool:
        """Raises Unavailable where it can't be read."""
        if self.value:
            return is_one_of(given, self.value)
        return any(is_one_of(given, read(self.arn)) for read in (secrets.read, secrets.renew))


def is_one_of(given: bytes, secret: str) -> bool:
    """What can be guessed doesn't count."""
    parts = [part.encode() for part in secrets.split_secret(secret) if len(part) >= LEAST_SECRET]
    return any(compare_digest(part, given) for part in parts)
