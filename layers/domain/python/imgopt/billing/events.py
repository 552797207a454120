"""Handles Stripe's events. An event only says that something changed; the present state is then read from Stripe."""

from contextlib import suppress

from imgopt import audit, clock
from imgopt.billing import repository
from imgopt.billing.entitlement import read_entitlement
from imgopt.billing.model import Entitlement
from imgopt.billing.objects import StripeEvent
from imgopt.errors import Unavailable
from imgopt.storage.transactions import ConditionFailed
from imgopt.telemetry import logger

SUBSCRIPTION_EVENTS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "customer.subscription.created",
        "customer.subscription.updated",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.resumed",
        "customer.deleted",
        "invoice.paid",
        "invoice.payment_failed",
        "invoice.voided",
        "invoice.marked_uncollectible",
        "charge.refunded",
        "refund.updated",
        "refund.failed",
        "credit_note.created",
        "credit_note.voided",
    }
)
DISPUTE = "charge.dispute.created"
# An attempt only fails where another event was written meanwhile.
ATTEMPTS = 10


def apply(event: StripeEvent) -> None:
    """Applies an event once. Events of other kinds or of unknown customers are ignored.

    Raises Unavailable where Stripe or the table did not answer. Stripe then sends the event again.
    """
    if event.type == DISPUTE and repository.note_event(event.id, clock.now()):
        logger.error("payment is disputed", event_id=event.id, charge=event.data.object.get("charge"))
    if event.type in SUBSCRIPTION_EVENTS and event.customer_id:
        _ask_until_written(event, event.customer_id)


def _ask_until_written(event: StripeEvent, customer_id: str) -> None:
    """Reads Stripe again each time that another event was written since the account was read."""
    for _ in range(ATTEMPTS):
        account = repository.find_by_customer(customer_id)
        if account is None or not repository.has_user(account.user_id):
            logger.info("event of an unknown customer", event_id=event.id, event_type=event.type)
            return
        if repository.knows_event(event.id):
            return
        entitlement = read_entitlement(account.customer_id)
        with suppress(ConditionFailed):
            repository.apply_event(event.id, account, entitlement, clock.now())
            _report(event, account.user_id, entitlement)
            if entitlement.tier is not account.standing.tier:
                audit.record_event(audit.AuditEvent.PLAN_CHANGED, account.user_id, tier=entitlement.tier.value)
            return
    raise Unavailable("Too many events arrive at once. Please try again.")


def _report(event: StripeEvent, user_id: str, entitlement: Entitlement) -> None:
    logger.info(
        "event applied",
        event_id=event.id,
        event_type=event.type,
        owner=user_id,
        tier=entitlement.tier.value,
        status=entitlement.subscription.status if entitlement.subscription else None,
    )
