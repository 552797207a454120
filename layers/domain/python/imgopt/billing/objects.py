"""The parts of Stripe's objects that this service reads. Times are seconds since 1970, parsed to datetimes in UTC."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

T = TypeVar("T")


class ListOf(BaseModel, Generic[T]):
    data: list[T]


class Price(BaseModel):
    id: str


class SubscriptionItem(BaseModel):
    """An item of a subscription. API versions before 2025-03-31 have the period on the subscription instead."""

    price: Price
    current_period_start: datetime | None = None
    current_period_end: datetime | None = None


class StripeSubscription(BaseModel):
    id: str
    status: str
    created: datetime
    items: ListOf[SubscriptionItem]
    cancel_at: datetime | None = None
    cancel_at_period_end: bool = False
    current_period_start: datetime | None = None
    current_period_end: datetime | None = None


class Invoice(BaseModel):
    """An invoice. Amounts are in the currency's smallest unit. Credit notes only count those issued after the
    payment.
    """

    id: str
    created: datetime
    amount_paid: int
    post_payment_credit_notes_amount: int = 0


class Charge(BaseModel):
    """A charge. `refunded` is true where all of it was refunded."""

    refunded: bool


class PaymentIntent(BaseModel):
    latest_charge: Charge | None = None


class Payment(BaseModel):
    """A payment of an invoice. Both fields are None where it was not made through Stripe, and one of them may be."""

    charge: Charge | None = None
    payment_intent: PaymentIntent | None = None


class InvoicePayment(BaseModel):
    payment: Payment


class EventData(BaseModel):
    object: dict[str, Any]


class StripeEvent(BaseModel):
    """An event. `data` has the changed object, of any kind, as it was at the time of the event."""

    id: str = Field(pattern=r"^evt_")
    type: str
    data: EventData
    livemode: bool | None = None

    @property
    def customer_id(self) -> str | None:
        """The id of the customer that the event's object is or belongs to; None without one."""
        found = self.data.object
        customer = found.get("id" if found.get("object") == "customer" else "customer")
        return customer if isinstance(customer, str) else None
