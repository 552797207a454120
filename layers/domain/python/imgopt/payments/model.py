"""Payments by x402: what a client has signed, and what has become of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256


class PaymentStatus(StrEnum):
    """`open` is not settled, or not known to be. What is `unclear` at its end, people decide on: `paid` or `unpaid`.

    `settled` has bought its credits.
    """

    OPEN = "open"
    UNCLEAR = "unclear"
    PAID = "paid"
    UNPAID = "unpaid"
    SETTLED = "settled"
    REFUSED = "refused"


@dataclass(frozen=True)
class Authorization:
    """A transfer that its payer has signed (EIP-3009), as it came: `payload` is x402's, in JSON.

    The token moves for each payer's nonce once, whoever sends it, and until `valid_before`.
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
        """The same however the payload is written."""
        parts = (self.network, self.asset, self.payer, self.nonce)
        return sha256("|".join(parts).lower().encode()).hexdigest()


@dataclass(frozen=True)
class CreditPayment:
    """An authorization that is to be settled for its owner, by one process at a time: until `held_until`.

    `expires_at` is the authorization's end. `transaction` is that of the chain, where it was told.
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
    """What is told of a payment that was settled, or refused when it was to be: `fault` says why."""

    network: str
    payer: str
    amount: int
    transaction: str
    fault: str = ""


@dataclass
class Tender:
    """What a client offers to pay by, which is looked at where credits are missing alone.

    Without an authorization `fault` says why. The receipt is filled in where something was settled.
    """

    authorization: Authorization | None
    fault: str = ""
    receipt: Receipt | None = None
