"""Payments by x402: the signed authorizations, and their outcome."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256


class PaymentStatus(StrEnum):
    """The status of a payment.

    `open`: not settled, or not known to be. `settled`: its credits were added. `unclear`: still unknown at its end;
    then an operator decides on `paid` or `unpaid`.
    """

    OPEN = "open"
    UNCLEAR = "unclear"
    PAID = "paid"
    UNPAID = "unpaid"
    SETTLED = "settled"
    REFUSED = "refused"


@dataclass(frozen=True)
class Authorization:
    """A transfer that its payer has signed (EIP-3009). `payload` is the received JSON of x402.

    The token transfers once for each nonce of a payer, independent of the sender, and only until `valid_before`.
    """

    network: str
    asset: str
    payer: str
    nonce: str
    amount: int
    credits: int
    valid_before: datetime
    payload: str = field(repr=False)

    @property
    def id(self) -> str:
        """A hash of network, asset, payer and nonce, independent of how the payload is written."""
        parts = (self.network, self.asset, self.payer, self.nonce)
        return sha256("|".join(parts).lower().encode()).hexdigest()


@dataclass(frozen=True)
class CreditPayment:
    """A payment of an owner. One process at a time settles it: the one that holds it until `held_until`.

    `expires_at` is the end of the authorization. `transaction` is the hash on the chain; "" where the facilitator
    didn't name it.
    """

    id: str
    owner: str
    status: PaymentStatus
    network: str
    payer: str
    nonce: str
    amount: int
    credits: int
    payload: str = field(repr=False)
    created_at: datetime
    expires_at: datetime
    held_until: datetime
    transaction: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Receipt:
    """The outcome of a payment for the client. `fault` says why it was refused; "" for a settled one."""

    network: str
    payer: str
    amount: int
    transaction: str
    fault: str = ""


@dataclass
class Tender:
    """A payment that a client offers with a call. It is only used where credits are missing.

    Without an authorization, `fault` says why. `receipt` is set once the payment was settled or refused.
    """

    authorization: Authorization | None
    fault: str = ""
    receipt: Receipt | None = None
