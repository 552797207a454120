"""The audit trail: log lines about accounts and credentials.

A line has the user's id and a keyed hash of the client's IP address. Equal addresses have equal hashes while the
service's secret stays the same, and the address can't be read from the hash. A line never contains an IP address, an
e-mail address, or a credential.
"""

from contextvars import ContextVar
from enum import StrEnum

from imgopt import derivation
from imgopt.errors import Unavailable
from imgopt.telemetry import logger

MESSAGE = "audit"
HASH_LENGTH = 16
_origin: ContextVar[str | None] = ContextVar("origin", default=None)


class AuditEvent(StrEnum):
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    REFUSED = "credential refused"
    DEVICE_APPROVED = "device approved"
    DEVICE_DENIED = "device denied"
    DEVICE_ENDED = "device logged out"
    KEY_MADE = "key made"
    KEY_REVOKED = "key revoked"
    CALLBACKS_CHANGED = "callback secret changed"
    PLAN_CHANGED = "plan changed"
    USER_BLOCKED = "user blocked"
    USER_UNBLOCKED = "user unblocked"
    DELETION_BEGUN = "account deletion begun"
    DELETED = "account deleted"


def set_origin(origin: str) -> None:
    """Sets the network from which the present request comes, for all lines that the request causes."""
    _origin.set(origin)


def record_event(event: AuditEvent, user_id: str | None = None, **facts: str) -> None:
    """Logs an event. `facts` are ids and names of tiers, never text that a client has written."""
    known = {"event": event.value, "owner": user_id, "client": _hash_of_client(), **facts}
    logger.info(MESSAGE, extra=known)


def _hash_of_client() -> str | None:
    """Returns the hash of the client's address. Returns None without a request, and where the secret can't be read: the
    event is logged anyway.
    """
    origin = _origin.get()
    if origin is None:
        return None
    try:
        return derivation.derive("addresses of clients", origin)[:HASH_LENGTH]
    except Unavailable:
        return None
