"""Finding payments of which it is not known what became, every minute: an answer was lost, or a process died."""

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
    """The ids of payments that were settled, and of those that could not be looked after."""

    settled: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def reconcile_payments(seconds: float) -> PaymentReport:
    """Begins with no other payment after so many seconds, less what one may take: the next run will."""
    report, until = PaymentReport(), time.monotonic() + seconds - settings().x402_seconds
    for payment in repository.find_undecided():
        if time.monotonic() >= until:
            break
        try:
            if _look_after(payment).status is PaymentStatus.SETTLED:
                report.settled.append(payment.id)
        except Exception:  # whatever it is, the others must not wait for it
            logger.exception("payment could not be reconciled", extra={"payment": payment.id})
            report.errors.append(payment.id)
    return report


def _look_after(payment: CreditPayment) -> CreditPayment:
    now = clock.now()
    if payment.status in (PaymentStatus.PAID, PaymentStatus.UNPAID):
        return settlement.end_decided(payment)
    if payment.status is not PaymentStatus.OPEN or payment.held_until > now:
        return payment
    if not repository.hold_payment(payment, now + holding_time()):
        return payment
    return settlement.try_again(payment, Deadline(settings().x402_seconds))
