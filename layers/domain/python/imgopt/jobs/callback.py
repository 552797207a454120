from dataclasses import dataclass
from enum import StrEnum


class CallbackStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class Callback:
    """How it went to tell a client's server of a job's end.

    `answered` is the HTTP status of the last attempt, `error` why there was none.
    """

    status: CallbackStatus = CallbackStatus.PENDING
    attempts: int = 0
    answered: int | None = None
    error: str | None = None
