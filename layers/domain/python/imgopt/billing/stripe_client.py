"""Stripe's SDK, with its errors mapped to this package's. It is imported late, because the import takes 0.2 s."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from imgopt import clock
from imgopt.billing import credentials, time_budget
from imgopt.errors import InvalidRequest, Unavailable
from imgopt.settings import settings
from imgopt.telemetry import logger

if TYPE_CHECKING:
    from stripe import StripeClient

# Stripe answers in this API version, whatever the account's default. The webhook endpoint should use the same one.
API_VERSION = "2026-10-28.endive"
# A call that begins when STRIPE_SECONDS (time_budget) end has to be over, with its retry, before the function times
# out.
STRIPE_CONNECT_SECONDS, READ_SECONDS = 2.0, 6.0
STRIPE_RETRIES = 1
# Messages by the parameter that Stripe refuses.
NOT_TAKEN = {
    "line_items": "This price is not for sale at present.",
    "success_url": "Stripe does not accept the success URL.",
    "cancel_url": "Stripe does not accept the cancel URL.",
}


class NoSuchCustomer(Exception):
    """The customer was deleted in Stripe, or belongs to another account or mode."""


def stripe_client() -> "StripeClient":
    """Returns the client. Raises NotConfigured where billing is not set up."""
    return _build(credentials.read().api_key, settings().stripe_api_base)


@cache
def _build(api_key: str, api_base: str) -> "StripeClient":
    import stripe

    stripe.enable_telemetry = False
    # At INFO the SDK logs paths and messages, with the ids of sessions and customers.
    logging.getLogger("stripe").setLevel(logging.WARNING)
    return stripe.StripeClient(
        api_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base},
        max_network_retries=STRIPE_RETRIES,
        http_client=stripe.RequestsClient(timeout=(STRIPE_CONNECT_SECONDS, READ_SECONDS)),
    )


@contextmanager
def stripe_errors() -> Iterator[None]:
    """Maps Stripe's errors to NoSuchCustomer, InvalidRequest (for values that clients choose) or Unavailable.

    Errors are logged without Stripe's message, which may quote the request. After a refused key the keys are read
    again, because they may have been replaced.
    """
    import stripe

    time_budget.check_stripe_time()
    try:
        yield
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing" and error.param == "customer":
            raise NoSuchCustomer from error
        _log(error)
        if message := NOT_TAKEN.get((error.param or "").partition("[")[0]):
            raise InvalidRequest(message) from error
        raise Unavailable("Billing does not answer as it should. Please try again later.") from error
    except stripe.StripeError as error:
        _log(error)
        if isinstance(error, stripe.AuthenticationError):
            credentials.renew_keys()
        raise Unavailable("Billing did not answer. Please try again.") from error


def idempotency_key(*parts: str) -> str:
    """Returns a key that is equal for equal requests within the same minute, so that a double click counts once.

    It changes each minute, because Stripe repeats its first answer under a key, even an error.
    """
    minute = int(clock.now().timestamp()) // 60
    return sha256("\n".join([*parts, str(minute)]).encode()).hexdigest()


def _log(error: Exception) -> None:
    known = {name: getattr(error, name, None) for name in ("code", "param", "http_status", "request_id")}
    logger.error("stripe refused", extra={"reason": type(error).__name__, **known})
