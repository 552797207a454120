"""Stripe's webhook events. Each must be signed with one of the configured secrets, recently."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from imgopt.billing import credentials, events, mode, time_budget
from imgopt.billing.credentials import StripeKeys
from imgopt.billing.objects import StripeEvent
from imgopt.errors import InvalidSignature, NotConfigured
from imgopt.metrics import Metric
from imgopt.settings import settings
from imgopt.telemetry import logger, measure


@contextmanager
def counted() -> Iterator[None]:
    """Counts the outcome of an event as a metric; counts nothing where billing is not set up."""
    try:
        yield
    except NotConfigured:
        raise
    except Exception as error:
        is_refused = isinstance(error, InvalidSignature)
        measure(Metric.STRIPE_EVENTS_REFUSED if is_refused else Metric.STRIPE_EVENTS_FAILED)
        raise
    measure(Metric.STRIPE_EVENTS_TAKEN)


@counted()
@time_budget.limit_stripe_calls()
def handle_event(body: bytes, signature: str | None) -> None:
    """Verifies and applies an event. `body` is unchanged, `signature` is the header `Stripe-Signature`.

    An event of the other mode than the key's is ignored. Raises InvalidSignature, and Unavailable where Stripe should
    send it again.
    """
    if not (_is_ours(body, signature, credentials.read()) or _is_ours(body, signature, credentials.renew_keys())):
        raise InvalidSignature("The signature is not valid.")
    try:
        event = StripeEvent.model_validate_json(body)
    except ValidationError:
        raise InvalidSignature("The body is not an event.") from None
    is_live = mode.is_live(credentials.read().api_key)
    if event.livemode is None or is_live in (None, event.livemode):
        events.apply(event)
    else:
        logger.warning("event of Stripe's other mode", event_id=event.id, livemode=event.livemode)


def _is_ours(body: bytes, signature: str | None, known: StripeKeys) -> bool:
    return any(is_signed(body, signature, secret) for secret in known.webhook_secrets)


def is_signed(body: bytes, signature: str | None, secret: str) -> bool:
    import stripe

    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, settings().webhook_tolerance)
    # TypeError and UnicodeDecodeError come from non-ASCII characters
    except (stripe.SignatureVerificationError, TypeError, UnicodeDecodeError):
        return False
    return True
