"""Stripe's keys, from the settings or from Secrets Manager, where they can be replaced while the service runs."""

from dataclasses import field

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from imgopt.billing import mode
from imgopt.errors import NotConfigured
from imgopt.settings import settings
from imgopt.storage import attributes, secrets

NOT_SET_UP = "Billing is not set up."


@dataclass(frozen=True, config=ConfigDict(hide_input_in_errors=True))
class StripeKeys:
    """`webhook_secret` may have several secrets, separated by commas: the new one and the one it replaces."""

    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    @property
    def webhook_secrets(self) -> list[str]:
        return [secret.strip() for secret in self.webhook_secret.split(",") if secret.strip()]


def read() -> StripeKeys:
    """Returns the keys. Raises NotConfigured where billing is not set up."""
    found = _read()
    mode.report_test_key(found.api_key)
    return found


def _read() -> StripeKeys:
    config = settings()
    check_billing()
    if not config.stripe_secret_arn:
        return StripeKeys(config.stripe_api_key, config.stripe_webhook_secret)
    return _parse(secrets.read(config.stripe_secret_arn))


def renew_keys() -> StripeKeys:
    """Returns Stripe's current keys, for a caller whose keys were refused. Reads the secret at most once a minute."""
    if settings().stripe_secret_arn:
        secrets.renew(settings().stripe_secret_arn)
    return read()


def check_billing() -> None:
    if not is_set_up():
        raise NotConfigured(NOT_SET_UP)


def is_set_up() -> bool:
    config = settings()
    return bool(config.stripe_secret_arn or (config.stripe_api_key and config.stripe_webhook_secret))


def _parse(secret: str) -> StripeKeys:
    credentials: StripeKeys = attributes.adapter(StripeKeys).validate_json(secret)
    return credentials
