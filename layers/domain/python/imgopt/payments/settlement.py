"""Settles stored payments, and stores the outcome."""

from dataclasses import replace
from datetime import timedelta

from imgopt import clock
from imgopt.metrics import Metric
from imgopt.payments import facilitator, repository
from imgopt.payments.facilitator import Settled, Settlement
from imgopt.payments.model import CreditPayment, PaymentStatus, Receipt
from imgopt.payments.repository import UNDECIDED
from imgopt.safe_http.deadline import Deadline
from imgopt.telemetry import logger, measure

# For storing the outcome, in addition to the facilitator's time.
RESERVE = timedelta(seconds=5)
NOT_PAID = "not_paid"
# A transaction that was sent before its end may reach the chain this much later.
LATE = timedelta(minutes=2)


def settle_first(payment: CreditPayment, deadline: Deadline) -> CreditPayment:
    """Settles a payment that was never sent before. A refusal then means that it isn't settled."""
    outcome = facilitator.request_settlement(payment, deadline)
    if outcome.state in (Settled.NO, Settled.NONCE_USED):
        return _refuse(payment, outcome)
    return _settle(payment, outcome) if outcome.state is Settled.YES else payment


def settle_again(payment: CreditPayment, deadline: Deadline) -> CreditPayment:
    """Settles a payment whose answer was lost. A used nonce means that it was settled.

    Other refusals are no proof that it wasn't. At its end an operator has to decide.
    """
    outcome = facilitator.request_settlement(payment, deadline)
    if outcome.state is Settled.NONCE_USED:
        logger.warning("payment had been settled", payment=payment.id)
    if outcome.state in (Settled.YES, Settled.NONCE_USED):
        return _settle(payment, outcome)
    return _give_up(payment, outcome) if payment.expires_at + LATE <= clock.now() else payment


def apply_decision(payment: CreditPayment) -> CreditPayment:
    """Ends a payment that an operator has decided to be paid or unpaid."""
    if payment.status is PaymentStatus.PAID:
        return _settle(payment, Settlement(Settled.YES))
    return _refuse(payment, Settlement(Settled.NO, fault=NOT_PAID))


def receipt_of(payment: CreditPayment) -> Receipt:
    return Receipt(payment.network, payment.payer, payment.amount, payment.transaction, payment.fault)


def _settle(payment: CreditPayment, outcome: Settlement) -> CreditPayment:
    """Stores the outcome. A success overrides a refusal that another process stored because it found the nonce used."""
    beaten = (*UNDECIDED, PaymentStatus.REFUSED) if outcome.state is Settled.YES else UNDECIDED
    settled = repository.note_settled(payment, outcome.transaction, clock.now(), beaten)
    if settled is None:
        return repository.find(payment.id) or payment
    logger.info("payment settled", payment=payment.id, owner=payment.owner, transaction=outcome.transaction)
    return settled


def _refuse(payment: CreditPayment, outcome: Settlement) -> CreditPayment:
    return repository.note_refused(payment, outcome.fault, clock.now()) or repository.find(payment.id) or payment


def _give_up(payment: CreditPayment, outcome: Settlement) -> CreditPayment:
    if repository.note_unclear(payment, outcome.fault):
        logger.error("payment is unclear", extra={"payment": payment.id, "owner": payment.owner})
        measure(Metric.PAYMENTS_UNCLEAR)
    return replace(payment, status=PaymentStatus.UNCLEAR, fault=outcome.fault)
