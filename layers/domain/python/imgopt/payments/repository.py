"""Payments in the table: `PAYMENT#<id>`, on the due index until their outcome is known.

Each payment has one item, however often it is sent. One write marks it as settled and adds its credits.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from imgopt.credits import ledger
from imgopt.payments.model import CreditPayment, PaymentStatus
from imgopt.storage import attributes, due_index, table, transactions
from imgopt.storage.due_index import Part
from imgopt.storage.transactions import ConditionFailed, Write

KIND = "PAYMENT"
# Longer than a signature can be valid, and longer than idempotency records are kept.
TTL = timedelta(days=8)
UNDECIDED = (PaymentStatus.OPEN, PaymentStatus.UNCLEAR, PaymentStatus.PAID, PaymentStatus.UNPAID)


def find(payment_id: str) -> CreditPayment | None:
    item = table.get(table.key(KIND, payment_id))
    return table.from_item(item, CreditPayment) if item else None


def add(payment: CreditPayment) -> bool:
    """Adds a payment. Returns False where it exists."""
    item = {**table.key(KIND, payment.id), **attributes.plain(payment), **due_index.entry(Part.PAYING, payment.id)}
    return table.put_new(item)


def find_undecided() -> Iterator[CreditPayment]:
    for page in due_index.find_due_pages(Part.PAYING):
        yield from (table.from_item(item, CreditPayment) for item in table.get_many(page))


def hold_payment(payment: CreditPayment, until: datetime) -> bool:
    """Takes hold of a payment that no process holds. Returns False where another process was faster."""
    changed = table.update(
        table.key(KIND, payment.id),
        {"held_until": _spell(until)},
        where="#held_until = :seen AND #status = :status_seen",
        values={"seen": _spell(payment.held_until), "status_seen": payment.status},
    )
    return changed is not None


def note_settled(
    payment: CreditPayment, transaction: str, now: datetime, instead_of: Sequence[PaymentStatus] = UNDECIDED
) -> CreditPayment | None:
    """Marks the payment as settled and adds its purchased credits. Returns None where its status has changed."""
    settled = replace(payment, status=PaymentStatus.SETTLED, transaction=transaction, fault="")
    return _end(settled, now, instead_of, [ledger.add_purchased(payment.owner, payment.credits, now)])


def note_refused(payment: CreditPayment, fault: str, now: datetime) -> CreditPayment | None:
    """Marks the payment as refused. Returns None where its outcome was known before."""
    return _end(replace(payment, status=PaymentStatus.REFUSED, fault=fault), now, UNDECIDED, [])


def note_unclear(payment: CreditPayment, fault: str) -> bool:
    """Marks the payment as unclear. Returns False where it was marked before."""
    changed = table.update(
        table.key(KIND, payment.id),
        {"status": PaymentStatus.UNCLEAR, "fault": fault},
        where="#status = :open",
        values={"open": PaymentStatus.OPEN},
    )
    return changed is not None


def _end(
    payment: CreditPayment, now: datetime, instead_of: Sequence[PaymentStatus], more: Sequence[Write]
) -> CreditPayment | None:
    """Writes the outcome, removes the payment from the due index, and removes the signature, which is no
    longer needed.
    """
    ended = replace(payment, payload="")
    item = table.to_item(ended, KIND, payment.id, now + TTL)
    where = f"#status IN ({', '.join(f':{each.name}' for each in instead_of)})"
    values = {each.name: each for each in instead_of}
    with suppress(ConditionFailed):
        transactions.write_all([transactions.replace_item(item, where=where, values=values), *more])
        return ended
    return None


def _spell(moment: datetime) -> str:
    """Returns a time as it is stored."""
    return str(attributes.plain(moment))
