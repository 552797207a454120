"""Payments: `PAYMENT#<id>` in the table, on the due index until it is known what became of them.

Each is there once, whoever sends it how often, and what it buys is added by the write that says that it is settled.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from imgopt.credits import ledger
from imgopt.payments.model import CreditPayment, PaymentStatus
from imgopt.storage import due_index, table, transactions
from imgopt.storage.due_index import Part
from imgopt.storage.transactions import ConditionFailed, Write

KIND = "PAYMENT"
# Longer than a signature can be valid, and than a call's idempotency record is kept.
REMEMBERED = timedelta(days=8)
UNDECIDED = (PaymentStatus.OPEN, PaymentStatus.UNCLEAR, PaymentStatus.PAID, PaymentStatus.UNPAID)


def find(payment_id: str) -> CreditPayment | None:
    item = table.get(table.key(KIND, payment_id))
    return table.from_item(item, CreditPayment) if item else None


def add(payment: CreditPayment) -> bool:
    """Whether it was not there before."""
    item = {**table.key(KIND, payment.id), **table.plain(payment), **due_index.entry(Part.PAYING, payment.id)}
    return table.put_new(item)


def find_undecided() -> Iterator[CreditPayment]:
    for page in due_index.find_due_pages(Part.PAYING):
        yield from (table.from_item(item, CreditPayment) for item in table.get_many(page))


def hold_payment(payment: CreditPayment, until: datetime) -> bool:
    """Takes what nobody holds any more; False where somebody else was faster."""
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
    """Adds the purchased credits to their owner's; None where the payment's status has changed."""
    settled = replace(payment, status=PaymentStatus.SETTLED, transaction=transaction, fault="")
    return _end(settled, now, instead_of, [ledger.add_purchased(payment.owner, payment.credits, now)])


def note_refused(payment: CreditPayment, fault: str, now: datetime) -> CreditPayment | None:
    """None where it was decided before."""
    return _end(replace(payment, status=PaymentStatus.REFUSED, fault=fault), now, UNDECIDED, [])


def note_unclear(payment: CreditPayment, fault: str) -> bool:
    """Whether it was not known before."""
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
    """Off the due index, and without the signature, which nobody needs any more."""
    ended = replace(payment, payload="")
    item = table.to_item(ended, KIND, payment.id, now + REMEMBERED)
    where = f"#status IN ({', '.join(f':{each.name}' for each in instead_of)})"
    values = {each.name: each for each in instead_of}
    with suppress(ConditionFailed):
        transactions.write_all([transactions.replace_item(item, where=where, values=values), *more])
        return ended
    return None


def _spell(moment: datetime) -> str:
    """As it is stored."""
    return str(table.plain(moment))
