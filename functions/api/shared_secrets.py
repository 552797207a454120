"""Secrets that a caller and the service share, in settings or in Secrets Manager. Several are valid in a rotation."""

from dataclasses import dataclass, field
from hmac import compare_digest

from imgopt.setting_types import LEAST_SECRET
from imgopt.storage import secrets


@dataclass(frozen=True)
class SecretSource:
    """A secret: its value, or the ARN where Secrets Manager has it. Both are empty if it is not configured."""

    value: str = field(repr=False)
    arn: str

    @property
    def is_set_up(self) -> bool:
        return bool(self.value or self.arn)

    def fits(self, given: bytes) -> bool:
        """Whether `given` is the secret. Raises Unavailable if Secrets Manager does not answer."""
        if self.value:
            return is_one_of(given, self.value)
        return any(is_one_of(given, read(self.arn)) for read in (secrets.read, secrets.renew))


def is_one_of(given: bytes, secret: str) -> bool:
    """Whether `given` is one of the secrets of `secret`. Secrets that are too short are ignored."""
    parts = [part.encode() for part in secrets.split_secret(secret) if len(part) >= LEAST_SECRET]
    return any(compare_digest(part, given) for part in parts)
