"""The secrets that sign an owner's callbacks: `CALLBACK_SECRET#<owner>` counts changes and has the time of the last
one.

An owner can replace a secret that others may know. For a day after that, callbacks are signed by the old secret as
well, so that receivers have time to change it.
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
# A second click within this time changes nothing: otherwise the old secret would be one that no receiver knows.
DEBOUNCE = timedelta(minutes=1)


@dataclass(frozen=True)
class SecretVersion:
    number: int = 0
    changed_at: datetime | None = None


def secret_of(owner: str) -> str:
    """Returns the present secret."""
    return signing.derive_secrets(owner, find(owner).number)[0]


def secrets_of(owner: str) -> list[str]:
    """Returns the secrets that sign callbacks at present, the newest first."""
    last = find(owner)
    is_new = last.changed_at is not None and clock.now() - last.changed_at < TRANSITION
    numbers = [last.number, last.number - 1] if is_new else [last.number]
    return [secret for number in numbers for secret in signing.derive_secrets(owner, number)]


def replace_secret(owner: str) -> str:
    """Replaces the secret and returns the new one."""
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
