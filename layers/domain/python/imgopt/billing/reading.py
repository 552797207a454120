"""What Stripe has of a customer at present."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from imgopt.billing.objects import Charge, Invoice, InvoicePayment, ListOf, StripeSubscription
from imgopt.billing.stripe_client import stripe_client, stripe_errors

if TYPE_CHECKING:
    from stripe import StripeObject

MOST = 100  # of one page
# An invoice is made with the period that it is for, and not exactly at the same second.
TOGETHER = timedelta(minutes=1)

subscriptions = TypeAdapter(ListOf[StripeSubscription])
invoices = TypeAdapter(ListOf[Invoice])
payments = TypeAdapter(ListOf[InvoicePayment])


def list_subscriptions(customer_id: str) -> list[StripeSubscription]:
    """Also those that are over; the newest first. Raises NoSuchCustomer."""
    with stripe_errors():
        found = stripe_client().v1.subscriptions.list({"customer": customer_id, "status": "all", "limit": MOST})
    return subscriptions.validate_python(_plain(found)).data


def find_oldest_debt(subscription_id: str) -> datetime | None:
    """When the oldest invoice was made that is still to be paid."""
    with stripe_errors():
        found = stripe_client().v1.invoices.list({"subscription": subscription_id, "status": "open", "limit": MOST})
    return min((each.created for each in invoices.validate_python(_plain(found)).data), default=None)


def is_refunded(subscription_id: str, period_start: datetime) -> bool:
    """Whether all that was paid for the period has been given back, and something was."""
    since = int((period_start - TOGETHER).timestamp())
    with stripe_errors():
        found = stripe_client().v1.invoices.list(
            {"subscription": subscription_id, "status": "paid", "created": {"gte": since}, "limit": MOST}
        )
    paid = [each for each in invoices.validate_python(_plain(found)).data if each.amount_paid > 0]
    return bool(paid) and all(_is_given_back(invoice) for invoice in paid)


def _is_given_back(invoice: Invoice) -> bool:
    if invoice.post_payment_credit_notes_amount >= invoice.amount_paid:
        return True
    charges = _list_charges(invoice.id)
    return bool(charges) and all(charge is not None and charge.refunded for charge in charges)


def _list_charges(invoice_id: str) -> list[Charge | None]:
    """One for each payment; None for those that were not made through Stripe."""
    expand = ["data.payment.payment_intent.latest_charge", "data.payment.charge"]
    with stripe_errors():
        found = stripe_client().v1.invoice_payments.list(
            {"invoice": invoice_id, "status": "paid", "limit": MOST, "expand": expand}
        )
    made = [each.payment for each in payments.validate_python(_plain(found)).data]
    return [each.payment_intent.latest_charge if each.payment_intent else each.charge for each in made]


def _plain(found: "StripeObject") -> dict[str, object]:
    return found.to_dict()
