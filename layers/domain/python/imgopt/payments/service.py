"""Buys the credits that a call lacks, by the payment that came with it. Each payment buys credits once."""

from collections.abc import Callable
from datetime import timedelta

from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.payments import facilitator, repository, settlement
from imgopt.payments.model import Authorization, CreditPayment, PaymentStatus, Tender
from imgopt.payments.settlement import RESERVE, receipt_of
from imgopt.payments.signatures import PAYMENT_EXPIRED
from imgopt.safe_http.deadline import Deadline
from imgopt.settings import settings

ALREADY_USED, TOO_LITTLE, TOO_MUCH = "payment_already_used", "insufficient_amount", "amount_exceeds_cost"
UNDER_WAY = "The payment is being settled. Send the same request again, with the same signature."
UNCLEAR = "It is unknown whether this payment was settled. The operator of the service has to check it."
UNCLEAR_SECONDS = 3600


def buy(tender: Tender, owner: str, *, needed: int, most: int, admit: Callable[[], object]) -> bool:
    """Buys credits with a tender. Returns whether they were added, now or by an earlier call with the same payment.

    `needed` credits are missing; the call costs `most`. Where it returns False, `tender.fault` says why. `admit` is
    called before a payment is settled; its errors refuse the call. Raises Unavailable while the outcome of the payment
    is unknown.
    """
    authorization, deadline = tender.authorization, Deadline(settings().x402_seconds)
    if authorization is None:
        return False
    payment = repository.find(authorization.id)
    if payment is None:
        fault = _fault_of(authorization, needed, most) or facilitator.request_verification(authorization, deadline)
        # The same payment may have been settled by another call meanwhile: verification then refuses its used nonce.
        payment = repository.find(authorization.id) if fault else None
        if fault and payment is None:
            tender.fault = fault
            return False
    if payment is None:
        admit()
        payment = _pay(authorization, owner, deadline)
    elif payment.owner == owner and payment.status is PaymentStatus.OPEN and _hold(payment):
        payment = settlement.settle_again(payment, deadline)
    return _tell(payment, owner, tender)


def restore_receipt(tender: Tender, owner: str) -> None:
    """Sets the receipt of a call that was accepted before: the payment that it was paid by."""
    payment = repository.find(tender.authorization.id) if tender.authorization else None
    if payment and payment.owner == owner and payment.status is PaymentStatus.SETTLED:
        tender.receipt = receipt_of(payment)


def _fault_of(authorization: Authorization, needed: int, most: int) -> str:
    if authorization.valid_before <= clock.now():
        return PAYMENT_EXPIRED
    if authorization.credits < needed:
        return TOO_LITTLE
    return TOO_MUCH if authorization.credits > most else ""


def _pay(authorization: Authorization, owner: str, deadline: Deadline) -> CreditPayment:
    """Stores the payment before it is settled, so that reconciliation finds it whatever happens."""
    payment = _new_payment(authorization, owner)
    if repository.add(payment):
        return settlement.settle_first(payment, deadline)
    return repository.find(payment.id) or payment


def _new_payment(authorization: Authorization, owner: str) -> CreditPayment:
    now = clock.now()
    return CreditPayment(
        id=authorization.id,
        owner=owner,
        status=PaymentStatus.OPEN,
        network=authorization.network,
        payer=authorization.payer,
        nonce=authorization.nonce,
        amount=authorization.amount,
        credits=authorization.credits,
        payload=authorization.payload,
        created_at=now,
        expires_at=authorization.valid_before,
        held_until=now + holding_time(),
    )


def _hold(payment: CreditPayment) -> bool:
    now = clock.now()
    return payment.held_until <= now and repository.hold_payment(payment, now + holding_time())


def holding_time() -> timedelta:
    return timedelta(seconds=settings().x402_seconds) + RESERVE


def _tell(payment: CreditPayment, owner: str, tender: Tender) -> bool:
    if payment.owner != owner:
        tender.fault = ALREADY_USED
        return False
    if payment.status is PaymentStatus.OPEN:
        left = (payment.held_until - clock.now()).total_seconds()
        raise Unavailable(UNDER_WAY, max(1, round(left)))
    if payment.status in repository.UNDECIDED:
        raise Unavailable(UNCLEAR, UNCLEAR_SECONDS)
    tender.receipt = receipt_of(payment)
    tender.fault = payment.fault or ALREADY_USED
    return payment.status is PaymentStatus.SETTLED
