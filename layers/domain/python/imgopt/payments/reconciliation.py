"""Reconciliation of payments, every minute: settles those whose answer was lost, or whose process died."""

import time
from dataclasses import dataclass, field

from imgopt import clock
from imgopt.payments import repository, settlement
from imgopt.payments.model import CreditPayment, PaymentStatus
from imgopt.payments.service import holding_time
from imgopt.safe_http.deadline import Deadline
from imgopt.settings import settings
from imgopt.telemetry import logger


@dataclass
class PaymentReport:
    """The ids of payments that were settled, and of those whose check raised an error."""

    settled: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def reconcile_payments(seconds: float) -> PaymentReport:
    """Checks open payments. Begins none that might end after `seconds`; the next run checks the others."""
    report, until = PaymentReport(), time.monotonic() + seconds - settings().x402_seconds
    for payment in repository.find_undecided():
        if time.monotonic() >= until:
            break
        try:
            if _look_after(payment).status is PaymentStatus.SETTLED:
                report.settled.append(payment.id)
        except Exception:  # an error of one payment must not stop the others
            logger.exception("payment could not be reconciled", extra={"payment": payment.id})
            report.errors.append(payment.id)
    return report


def _look_after(payment: CreditPayment) -> CreditPayment:
    now = clock.now()
    if payment.status in (PaymentStatus.PAID, PaymentStatus.UNPAID):
        return settlement.apply_decision(payment)
    if payment.status is not PaymentStatus.OPEN or payment.held_until > now:
        return payment
    if not repository.hold_payment(payment, now + holding_time()):
        return payment
    return settlement.settle_again(payment, Deadline(settings().x402_seconds))
