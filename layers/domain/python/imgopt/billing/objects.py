"""Objects of Stripe's API: what is read of them. Times come as seconds since 1970, and are read as datetimes in UTC."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

T = TypeVar("T")


class ListOf(BaseModel, Generic[T]):
    data: list[T]


class Price(BaseModel):
    id: str


class SubscriptionItem(BaseModel):
    """Of a subscription. Versions of the API before 2025-03-31 have its period on the subscription alone."""

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
    """Amounts are in the currency's smallest unit. Credit notes count from the moment it was paid."""

    id: str
    created: datetime
    amount_paid: int
    post_payment_credit_notes_amount: int = 0


class Charge(BaseModel):
    """`refunded` means wholly."""

    refunded: bool


class PaymentIntent(BaseModel):
    latest_charge: Charge | None = None


class Payment(BaseModel):
    """Either of them may be missing, and both where it was not made through Stripe."""

    charge: Charge | None = None
    payment_intent: PaymentIntent | None = None


class InvoicePayment(BaseModel):
    payment: Payment


class EventData(BaseModel):
    object: dict[str, Any]


class StripeEvent(BaseModel):
    """That something happened. What it happened to is of any kind, and as it was then."""

    id: str = Field(pattern=r"^evt_")
    type: str
    data: EventData
    livemode: bool | None = None

    @property
    def customer_id(self) -> str | None:
        """Whom it is about: the customer that its object is, or names."""
        found = self.data.object
        customer = found.get("id" if found.get("object") == "customer" else "customer")
        return customer if isinstance(customer, str) else None
