"""Which secret signs an owner's callbacks: `CALLBACK_SECRET#<owner>` says how often it was changed, and when last.

Whoever once had a credential of the owner's may know the secret, so it can be changed. For a day callbacks are signed
by the one before, too, until those who receive them know the new one.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from imgopt import audit, clock
from imgopt.audit import AuditEvent
from imgopt.callbacks import signing
from imgopt.storage import table, transactions
from imgopt.storage.transactions import ConditionFailed

KIND = "CALLBACK_SECRET"
TRANSITION = timedelta(days=1)
# A second click counts as the first: else the secret before would be one that nobody has seen.
DEBOUNCE = timedelta(minutes=1)


@dataclass(frozen=True)
class SecretVersion:
    number: int = 0
    changed_at: datetime | None = None


def secret_of(owner: str) -> str:
    """The present one."""
    return signing.derive_secrets(owner, find(owner).number)[0]


def secrets_of(owner: str) -> list[str]:
    """Those that a callback is signed by at present, the newest first."""
    last = find(owner)
    is_new = last.changed_at is not None and clock.now() - last.changed_at < TRANSITION
    numbers = [last.number, last.number - 1] if is_new else [last.number]
    return [secret for number in numbers for secret in signing.derive_secrets(owner, number)]


def replace_secret(owner: str) -> str:
    """The new secret."""
    now = clock.now()
    write = transactions.change_item(
        _key(owner),
        adds={"number": 1},
        sets={"changed_at": now.isoformat()},
        where="attribute_not_exists(#changed_at) OR #changed_at < :before",
        values={"before": (now - DEBOUNCE).isoformat()},
    )
    with suppress(ConditionFailed):
        transactions.write_all([write])
        audit.record_event(AuditEvent.CALLBACKS_CHANGED, owner)
    return secret_of(owner)


def find(owner: str) -> SecretVersion:
    item = table.get(_key(owner))
    return table.from_item(item, SecretVersion) if item else SecretVersion()


def forget(owner: str) -> None:
    table.delete(_key(owner))


def _key(owner: str) -> table.Item:
    return table.key(KIND, owner)
