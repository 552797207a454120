"""Devices that a user lets in: the code that asks for it, and the token that is given for it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Decision(StrEnum):
    """What has come of a code. It never changes back, and REDEEMED follows APPROVED alone."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    REDEEMED = "redeemed"


class TokenAnswer(StrEnum):
    """What a device is told that asks after its code."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"


@dataclass(frozen=True)
class DeviceCode:
    """A device's question to be let in. `user_code` is what a person reads; the device's own code is kept as its hash.

    `address` and `program` are whatever was known of who asks, for the person to judge by.
    """

    code_hash: str = field(repr=False)
    user_code: str = field(repr=False)
    created_at: datetime
    expires_at: datetime
    address: str = field(default="", repr=False)
    program: str = field(default="", repr=False)
    status: Decision = Decision.PENDING
    user_id: str | None = None


@dataclass(frozen=True)
class DeviceToken:
    """What a device shows to be taken for its user. `program` is what it called itself as it asked to be let in."""

    token_hash: str = field(repr=False)
    user_id: str
    created_at: datetime
    expires_at: datetime
    program: str = field(default="", repr=False)
    last_used_at: datetime | None = None
