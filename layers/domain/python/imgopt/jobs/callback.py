from dataclasses import dataclass
from enum import StrEnum


class CallbackStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class Callback:
    """The delivery of a job's callback.

    `answered` is the HTTP status of the last attempt; `error` says why there was no answer.
    """

    status: CallbackStatus = CallbackStatus.PENDING
    attempts: int = 0
    answered: int | None = None
    error: str | None = None
