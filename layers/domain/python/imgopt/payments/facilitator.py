"""Asks the facilitator to verify and to settle payments."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from imgopt.errors import ImgoptError, Unavailable
from imgopt.payments.facilitator_http import DeadlineClient
from imgopt.payments.model import Authorization, CreditPayment
from imgopt.safe_http.deadline import Deadline
from imgopt.settings import settings
from imgopt.telemetry import logger

if TYPE_CHECKING:
    from x402.http.facilitator_client import HTTPFacilitatorClientSync
    from x402.schemas import PaymentPayload, SettleResponse

LONGEST_FAULT = 200
# A facilitator's errors about a transaction that it has sent but not seen on the chain, or knows nothing about.
NOT_KNOWN_YET = ("settlement_pending", "unexpected_settle_error")
# All facilitators' errors about an authorization that was used or cancelled contain this word.
USED_NONCE = "nonce"


class Settled(StrEnum):
    """Whether a payment was settled. UNKNOWN includes a missing answer: the payment may have been settled."""

    YES = "yes"
    NO = "no"
    NONCE_USED = "nonce used"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Settlement:
    state: Settled
    transaction: str = ""
    fault: str = ""


NOTHING_KNOWN = Settlement(Settled.UNKNOWN)


def request_verification(authorization: Authorization, deadline: Deadline) -> str:
    """Returns why the payment is invalid; "" for a valid one. Raises Unavailable where the facilitator does
    not answer.
    """
    payload = _payload_of(authorization.payload)
    try:
        answer = _client(deadline).verify(payload, payload.accepted)
    except (ImgoptError, ValueError) as error:
        logger.error("facilitator did not verify", extra={"reason": type(error).__name__})
        raise Unavailable("Payments can't be verified at present. Please try again.") from error
    return "" if answer.is_valid else (answer.invalid_reason or "invalid_payment")[:LONGEST_FAULT]


def request_settlement(payment: CreditPayment, deadline: Deadline) -> Settlement:
    payload = _payload_of(payment.payload)
    try:
        answer = _client(deadline).settle(payload, payload.accepted)
    except (ImgoptError, ValueError) as error:
        logger.error("facilitator did not settle", extra={"reason": type(error).__name__, "payment": payment.id})
        return NOTHING_KNOWN
    return _read(answer, payment)


def _read(answer: "SettleResponse", payment: CreditPayment) -> Settlement:
    if not answer.success:
        fault = (answer.error_reason or "settlement_failed")[:LONGEST_FAULT]
        state = Settled.NONCE_USED if USED_NONCE in fault else Settled.UNKNOWN if fault in NOT_KNOWN_YET else Settled.NO
        return Settlement(state, fault=fault)
    if not _is_of(answer, payment):
        logger.error("facilitator settled something else", extra={"payment": payment.id})
        return NOTHING_KNOWN
    return Settlement(Settled.YES, answer.transaction)


def _is_of(answer: "SettleResponse", payment: CreditPayment) -> bool:
    """Returns whether the answer matches the payment. Answers may leave out the payer and the amount."""
    is_paid = answer.amount is None or answer.amount == str(payment.amount)
    is_payers = answer.payer is None or answer.payer.lower() == payment.payer.lower()
    return is_paid and is_payers and answer.network == payment.network


def _client(deadline: Deadline) -> "HTTPFacilitatorClientSync":
    from x402.http.facilitator_client import FacilitatorConfig, HTTPFacilitatorClientSync

    config = FacilitatorConfig(url=settings().x402_facilitator_url, http_client=DeadlineClient(deadline))
    return HTTPFacilitatorClientSync(config)


def _payload_of(text: str) -> "PaymentPayload":
    from x402.schemas import PaymentPayload

    return PaymentPayload.model_validate_json(text)
