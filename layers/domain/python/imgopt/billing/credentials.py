"""Stripe's keys: from the settings, or from Secrets Manager, where they are read once per process."""

from dataclasses import field

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from imgopt.errors import NotAvailable
from imgopt.settings import settings
from imgopt.storage import secrets, table

NOT_SET_UP = "Billing is not set up."


@dataclass(frozen=True, config=ConfigDict(hide_input_in_errors=True))
class Credentials:
    """`webhook_secret` may name several secrets, separated by commas: the new one and the one it takes the place of."""

    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    @property
    def webhook_secrets(self) -> list[str]:
        return [secret.strip() for secret in self.webhook_secret.split(",") if secret.strip()]


def read() -> Credentials:
    """Raises NotAvailable where billing is not set up."""
    known = settings()
    check()
    if known.stripe_secret_arn:
        stored: Credentials = table.adapter(Credentials).validate_json(secrets.read(known.stripe_secret_arn))
        return stored
    return Credentials(known.stripe_api_key, known.stripe_webhook_secret)


def check() -> None:
    known = settings()
    if not known.stripe_secret_arn and not (known.stripe_api_key and known.stripe_webhook_secret):
        raise NotAvailable(NOT_SET_UP)
