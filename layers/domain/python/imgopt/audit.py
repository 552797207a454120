"""The audit trail: what happens to accounts and credentials, as log lines of their own.

A line has the user's id and a keyed hash of the client's address. Equal addresses have equal hashes while the service's
secret stays the same, and nobody can read the address from the hash. A line never has an address, an e-mail address, or
a credential.
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
    SHUT_OUT = "shut out"
    LET_IN = "let in"
    DELETION_BEGUN = "account deletion begun"
    DELETED = "account deleted"


def set_origin(origin: str) -> None:
    """The network that this request comes from, for all lines that it causes."""
    _origin.set(origin)


def record_event(event: AuditEvent, user_id: str | None = None, **facts: str) -> None:
    """`facts` are ids and names of tiers, and never text that a client has written."""
    known = {"event": event.value, "owner": user_id, "client": _hash_of_client(), **facts}
    logger.info(MESSAGE, extra=known)


def _hash_of_client() -> str | None:
    """None where nobody asked, or the secret can't be read at present: the event is worth a line all the same."""
    origin = _origin.get()
    if origin is None:
        return None
    try:
        return derivation.derive("addresses of clients", origin)[:HASH_LENGTH]
    except Unavailable:
        return None
