"""Devices that a user approves: their codes and tokens."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Decision(StrEnum):
    """The state of a code. It never changes back, and REDEEMED only follows APPROVED."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    REDEEMED = "redeemed"


class TokenAnswer(StrEnum):
    """The answers to a device that polls with its code."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"


@dataclass(frozen=True)
class DeviceCode:
    """A device's request for approval. `user_code` is for the user; the device's own code is stored as a hash.

    `address` and `program` describe the device for the user who decides.
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
    """The credential of a device for its user. `program` is the name that the device gave in its request."""

    token_hash: str = field(repr=False)
    user_id: str
    created_at: datetime
    expires_at: datetime
    program: str = field(default="", repr=False)
    last_used_at: datetime | None = None
