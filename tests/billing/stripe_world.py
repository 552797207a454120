"""A simulated account at Stripe: its objects, the changes to them, and their events. Times are epoch seconds.

Objects have the fields of Stripe's that matter here, and no others.
"""

from copy import deepcopy
from itertools import count
from typing import Any

DAY = 24 * 3600
MONTH = 30 * DAY
BEGINNING = 1_767_225_600  # 2026-01-01
Object = dict[str, Any]


class World:
    """`things` are all objects by their ids, `events` what has been told of them, in order."""

    def __init__(self, first_number: int = 1) -> None:
        self.now = BEGINNING
        self.things: dict[str, Object] = {}
        self.events: list[Object] = []
        self._numbers = count(first_number)
        for price in ("price_starter", "price_pro", "price_max", "price_other"):
            self.things[price] = {"id": price, "object": "price", "active": True, "type": "recurring"}

    def make(self, prefix: str, kind: str, **fields: Any) -> Object:
        made = {"id": f"{prefix}_{next(self._numbers):04}", "object": kind, "created": self.now, **fields}
        self.things[made["id"]] = made
        return made

    def all(self, kind: str) -> list[Object]:
        """The newest first, as lists of Stripe's are."""
        return [each for each in reversed(self.things.values()) if each["object"] == kind]

    def tell(self, kind: str, about: Object) -> Object:
        event = {
            "id": f"evt_{next(self._numbers):04}",
            "object": "event",
            "type": kind,
            "created": self.now,
            "api_version": "2026-10-28.endive",
            "livemode": False,
            "data": {"object": deepcopy(about)},
        }
        self.events.append(event)
        return event

    def subscribe(self, customer: str, price: str = "price_starter", *, status: str = "active") -> Object:
        subscription = self.make(
            "sub",
            "subscription",
            customer=customer,
            status=status,
            cancel_at=None,
            cancel_at_period_end=False,
            latest_invoice=None,
            metadata={},
        )
        item = {
            "id": f"si_{subscription['id']}",
            "object": "subscription_item",
            "price": self.things[price],
            "current_period_start": self.now,
            "current_period_end": self.now + MONTH,
        }
        subscription["items"] = {"object": "list", "data": [item], "has_more": False, "url": "/v1/subscription_items"}
        if status != "trialing":
            self.invoice(subscription, paid=status == "active")
        self.tell("customer.subscription.created", subscription)
        return subscription

    def complete(self, session: Object) -> Object:
        """Somebody pays in Stripe Checkout."""
        subscription = self.subscribe(session["customer"], session["metadata"]["price"])
        session.update(status="complete", subscription=subscription["id"], url=None)
        self.tell("checkout.session.completed", session)
        return subscription

    def renew(self, subscription: Object, *, paid: bool = True) -> Object:
        """The next period begins, and its payment is made or fails."""
        item = subscription["items"]["data"][0]
        self.now = item["current_period_end"]
        item.update(current_period_start=self.now, current_period_end=self.now + MONTH)
        subscription["status"] = "active" if paid else "past_due"
        invoice = self.invoice(subscription, paid=paid)
        self.tell("customer.subscription.updated", subscription)
        return invoice

    def recover(self, subscription: Object) -> None:
        """Pays an open invoice."""
        for invoice in self.all("invoice"):
            if invoice["status"] == "open" and self.belongs(invoice, subscription):
                self.pay(invoice)
        self.change(subscription, status="active")

    def switch(self, subscription: Object, price: str) -> Object:
        """Another plan, with the difference paid for at once."""
        subscription["items"]["data"][0]["price"] = self.things[price]
        invoice = self.invoice(subscription, paid=True, amount=700, reason="subscription_update")
        self.tell("customer.subscription.updated", subscription)
        return invoice

    def change(self, subscription: Object, **fields: Any) -> None:
        subscription.update(fields)
        self.tell("customer.subscription.updated", subscription)

    def end(self, subscription: Object) -> None:
        subscription["status"] = "canceled"
        self.tell("customer.subscription.deleted", subscription)

    def delete(self, customer: Object) -> None:
        for subscription in self.all("subscription"):
            if subscription["customer"] == customer["id"] and subscription["status"] != "canceled":
                self.end(subscription)
        customer["deleted"] = True
        self.tell("customer.deleted", customer)

    def invoice(
        self, subscription: Object, *, paid: bool, amount: int = 1000, reason: str = "subscription_cycle"
    ) -> Object:
        invoice = self.make(
            "in",
            "invoice",
            customer=subscription["customer"],
            status="open",
            billing_reason=reason,
            amount_due=amount,
            amount_paid=0,
            post_payment_credit_notes_amount=0,
            parent={"type": "subscription_details", "subscription_details": {"subscription": subscription["id"]}},
        )
        subscription["latest_invoice"] = invoice["id"]
        if paid:
            self.pay(invoice)
        else:
            self.tell("invoice.payment_failed", invoice)
        return invoice

    def pay(self, invoice: Object) -> None:
        customer, amount = invoice["customer"], invoice["amount_due"]
        charge = self.make("ch", "charge", customer=customer, amount=amount, amount_refunded=0, refunded=False)
        intent = self.make("pi", "payment_intent", customer=customer, latest_charge=charge["id"])
        payment = {"type": "payment_intent", "payment_intent": intent["id"]}
        self.make("inpay", "invoice_payment", invoice=invoice["id"], status="paid", payment=payment)
        charge["payment_intent"] = intent["id"]
        invoice.update(status="paid", amount_paid=amount)
        self.tell("invoice.paid", invoice)

    def refund(self, invoice: Object, amount: int | None = None) -> None:
        payment = next(each for each in self.all("invoice_payment") if each["invoice"] == invoice["id"])
        charge = self.things[self.things[payment["payment"]["payment_intent"]]["latest_charge"]]
        charge["amount_refunded"] += charge["amount"] if amount is None else amount
        charge["refunded"] = charge["amount_refunded"] >= charge["amount"]
        self.tell("charge.refunded", charge)

    def fail_refund(self, invoice: Object) -> None:
        """The bank did not take the money that was given back."""
        payment = next(each for each in self.all("invoice_payment") if each["invoice"] == invoice["id"])
        charge = self.things[self.things[payment["payment"]["payment_intent"]]["latest_charge"]]
        charge.update(amount_refunded=0, refunded=False)
        refund = self.make("re", "refund", customer=invoice["customer"], charge=charge["id"], status="failed")
        self.tell("refund.failed", refund)

    def forgive(self, invoice: Object, status: str) -> None:
        """Ends an open invoice as "void" or "uncollectible"."""
        invoice["status"] = status
        self.tell("invoice.voided" if status == "void" else "invoice.marked_uncollectible", invoice)

    def credit(self, invoice: Object, amount: int) -> None:
        """A credit note for what was paid."""
        invoice["post_payment_credit_notes_amount"] += amount
        note = self.make("cn", "credit_note", customer=invoice["customer"], invoice=invoice["id"], amount=amount)
        self.tell("credit_note.created", note)

    def belongs(self, invoice: Object, subscription: Object) -> bool:
        return invoice["parent"]["subscription_details"]["subscription"] == subscription["id"]
