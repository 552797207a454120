"""Reads a customer's present state from Stripe."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from imgopt.billing.objects import Charge, Invoice, InvoicePayment, StripeSubscription
from imgopt.billing.stripe_client import stripe_client, stripe_errors

if TYPE_CHECKING:
    from stripe import ListObject
    from stripe.params import InvoiceListParams

    Ask = Callable[[], ListObject[Any]]

T = TypeVar("T", bound=BaseModel)
PAGE_LIMIT = 100  # items of one page
# An invoice is created with its period, but not in exactly the same second.
TOGETHER = timedelta(minutes=1)


def list_subscriptions(customer_id: str) -> list[StripeSubscription]:
    """Returns all subscriptions, also ended ones, the newest first. Raises NoSuchCustomer."""
    subscriptions = stripe_client().v1.subscriptions
    return _read_all(
        StripeSubscription, lambda: subscriptions.list({"customer": customer_id, "status": "all", "limit": PAGE_LIMIT})
    )


def is_deleted(customer_id: str) -> bool:
    """Returns whether the customer was deleted, which Stripe remembers. Raises Unavailable for an unknown customer."""
    with stripe_errors():
        found = stripe_client().v1.customers.retrieve(customer_id)
    return bool(found.to_dict().get("deleted"))


def find_oldest_debt(subscription_id: str) -> datetime | None:
    """Returns when the oldest unpaid invoice was created; None without one."""
    debts = _list_invoices({"subscription": subscription_id, "status": "open", "limit": PAGE_LIMIT})
    return min((each.created for each in debts), default=None)


def is_refunded(subscription_id: str, period_start: datetime) -> bool:
    """Returns whether something was paid for the period, and all of it was refunded."""
    since = int((period_start - TOGETHER).timestamp())
    found = _list_invoices(
        {"subscription": subscription_id, "status": "paid", "created": {"gte": since}, "limit": PAGE_LIMIT}
    )
    paid = [each for each in found if each.amount_paid > 0]
    return bool(paid) and all(_is_given_back(invoice) for invoice in paid)


def _is_given_back(invoice: Invoice) -> bool:
    if invoice.post_payment_credit_notes_amount >= invoice.amount_paid:
        return True
    charges = _list_charges(invoice.id)
    return bool(charges) and all(charge is not None and charge.refunded for charge in charges)


def _list_invoices(which: "InvoiceListParams") -> list[Invoice]:
    return _read_all(Invoice, lambda: stripe_client().v1.invoices.list(which))


def _list_charges(invoice_id: str) -> list[Charge | None]:
    """Returns one charge for each payment; None for payments that were not made through Stripe."""
    expand = ["data.payment.payment_intent.latest_charge", "data.payment.charge"]
    payments = stripe_client().v1.invoice_payments
    found = _read_all(
        InvoicePayment,
        lambda: payments.list({"invoice": invoice_id, "status": "paid", "limit": PAGE_LIMIT, "expand": expand}),
    )
    made = [each.payment for each in found]
    return [each.payment_intent.latest_charge if each.payment_intent else each.charge for each in made]


def _read_all(kind: type[T], ask: "Ask") -> list[T]:
    """Reads all pages of a list."""
    page = _ask(ask)
    found = list(page.data)
    while page.has_more:
        page = _ask(page.next_page)
        found += page.data
    return [kind.model_validate(each.to_dict()) for each in found]


def _ask(ask: "Ask") -> "ListObject[Any]":
    with stripe_errors():
        return ask()
