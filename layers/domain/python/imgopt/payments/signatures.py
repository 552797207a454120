"""Reads the header PAYMENT-SIGNATURE, and writes PAYMENT-RESPONSE."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from imgopt import clock
from imgopt.payments.model import Authorization, Receipt, Tender
from imgopt.payments.offers import OFFERED_SECONDS, PAYMENT_SCHEME, VERSION, requirements_for
from imgopt.settings import settings

if TYPE_CHECKING:
    from x402.schemas import PaymentPayload, PaymentRequirements

# Length in base64. Signatures of smart contract wallets are longer than the 65 bytes of a key's signature.
LONGEST_SIGNATURE = 8192
# Tolerated difference of clients' clocks.
CLOCK_DIFFERENCE = timedelta(minutes=10)
INVALID_PAYLOAD, ANOTHER_OFFER, PAYMENT_EXPIRED = "invalid_payload", "payment_requirements_mismatch", "payment_expired"

PayerAddress = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")]
TokenAmount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,30}$")]
Seconds = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,11}$")]


class SignedTransfer(BaseModel):
    """The message of `transferWithAuthorization` (EIP-3009). Other methods of payment have no nonce on the token's
    contract.
    """

    model_config = ConfigDict(alias_generator=to_camel)

    sender: PayerAddress = Field(alias="from")
    to: PayerAddress
    value: TokenAmount
    valid_before: Seconds
    nonce: Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{64}$")]


def read_tender(header: str) -> Tender:
    """Parses a tender. An unreadable one has a `fault`, and raises no error: the call may need no payment."""
    from x402.http.utils import decode_payment_signature_header
    from x402.schemas import PaymentPayload

    if len(header) > LONGEST_SIGNATURE:
        return Tender(None, INVALID_PAYLOAD)
    try:
        payload = decode_payment_signature_header(header)
        if not isinstance(payload, PaymentPayload) or payload.x402_version != VERSION:
            return Tender(None, INVALID_PAYLOAD)
        transfer = SignedTransfer.model_validate(payload.payload.get("authorization"))
    except (ValidationError, ValueError, TypeError, AttributeError, RecursionError):
        return Tender(None, INVALID_PAYLOAD)
    return _check(transfer, payload)


def _check(transfer: SignedTransfer, payload: "PaymentPayload") -> Tender:
    amount, price = int(transfer.value), settings().x402_credit_price
    wanted, accepted = requirements_for(amount // price), payload.accepted
    if amount % price or not amount or not _is_ours(accepted, wanted) or not _same(transfer.to, wanted.pay_to):
        return Tender(None, ANOTHER_OFFER)
    valid_before = datetime.fromtimestamp(int(transfer.valid_before), UTC)
    if valid_before > clock.now() + timedelta(seconds=OFFERED_SECONDS) + CLOCK_DIFFERENCE:
        return Tender(None, ANOTHER_OFFER)
    return Tender(
        Authorization(
            network=wanted.network,
            asset=wanted.asset,
            payer=transfer.sender,
            nonce=transfer.nonce,
            amount=amount,
            credits=amount // price,
            valid_before=valid_before,
            payload=payload.model_dump_json(by_alias=True, exclude_none=True),
        )
    )


def _is_ours(accepted: "PaymentRequirements", wanted: "PaymentRequirements") -> bool:
    """Returns whether the payment is for what this service offers at present."""
    return (
        (accepted.scheme, accepted.network, accepted.amount) == (PAYMENT_SCHEME, wanted.network, wanted.amount)
        and _same(accepted.asset, wanted.asset)
        and _same(accepted.pay_to, wanted.pay_to)
        and accepted.extra == wanted.extra
    )


def _same(first: str, second: str) -> bool:
    """Compares addresses without case, because capital letters only encode a checksum."""
    return first.lower() == second.lower()


def write_receipt(receipt: Receipt) -> str:
    """Returns the header PAYMENT-RESPONSE."""
    from x402.http.utils import encode_payment_response_header
    from x402.schemas import SettleResponse

    settled = SettleResponse(
        success=not receipt.fault,
        error_reason=receipt.fault or None,
        payer=receipt.payer,
        transaction=receipt.transaction,
        network=receipt.network,
        amount=str(receipt.amount),
    )
    return encode_payment_response_header(settled)
