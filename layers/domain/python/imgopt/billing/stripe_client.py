"""Stripe's SDK, with its errors as ours. It is imported where it is used: that takes a fifth of a second."""

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

# Objects come as this version has them, whatever the account's own; the webhook endpoint should have it too.
API_VERSION = "2026-10-28.endive"
# A call that begins as time_budget.STRIPE_SECONDS end has to be over, with the attempt that follows, before the
# function is.
STRIPE_CONNECT_SECONDS, READ_SECONDS = 2.0, 6.0
STRIPE_RETRIES = 1
# By the parameter that Stripe refuses.
NOT_TAKEN = {
    "line_items": "This price is not for sale at present.",
    "success_url": "Stripe does not take the success URL.",
    "cancel_url": "Stripe does not take the cancel URL.",
}


class NoSuchCustomer(Exception):
    """The customer has been deleted in Stripe, or is one of another account or mode of it."""


def stripe_client() -> "StripeClient":
    """Raises NotConfigured where billing is not set up."""
    return _build(credentials.read().api_key, settings().stripe_api_base)


@cache
def _build(api_key: str, api_base: str) -> "StripeClient":
    import stripe

    stripe.enable_telemetry = False
    # At INFO it logs paths and messages, with the ids of sessions and more.
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
    """Raises NoSuchCustomer, InvalidRequest for what clients choose and Stripe does not take, or Unavailable.

    What is wrong is logged without Stripe's message, which may quote what it was asked. A key that was refused may have
    been replaced: the next attempt has the new one.
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
    """The same for the same request within a minute: clicks on a button that come twice count once.

    For longer than that Stripe would repeat its answer also where it was an error.
    """
    minute = int(clock.now().timestamp()) // 60
    return sha256("\n".join([*parts, str(minute)]).encode()).hexdigest()


def _log(error: Exception) -> None:
    known = {name: getattr(error, name, None) for name in ("code", "param", "http_status", "request_id")}
    logger.error("stripe refused", extra={"reason": type(error).__name__, **known})
