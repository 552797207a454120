"""Calls that clients may repeat under a key: `IDEMPOTENCY#<owner>#<sha256 of the key>` knows which jobs came of one.

It is written together with these, so that there is either all of it or nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from imgopt.errors import InvalidRequest
from imgopt.storage import lookups, table, transactions
from imgopt.storage.lookups import Lookup
from imgopt.storage.table import Item
from imgopt.storage.transactions import Write

KIND = "IDEMPOTENCY"
LIFETIME = timedelta(hours=24)


@dataclass(frozen=True)
class IdempotencyRecord:
    """`fingerprint` is the same for what asks for the same."""

    identifier: str
    fingerprint: str


def record_of(owner: str, key: str, asked: object) -> IdempotencyRecord:
    """`asked` is what was asked for, as JSON has it."""
    return IdempotencyRecord(f"{owner}#{_hash(key)}", _hash(json.dumps(asked, sort_keys=True)))


def save(call: IdempotencyRecord, job_ids: Sequence[str], now: datetime) -> Write:
    """For 24 hours. Refused where a call was remembered under that key, and its time isn't over."""
    record = {"fingerprint": call.fingerprint, "job_ids": list(job_ids)}
    ends = int((now + LIFETIME).timestamp())
    return transactions.put_anew({**table.key(KIND, call.identifier), **record, "ttl": ends}, now)


def load(call: IdempotencyRecord | None, now: datetime) -> list[str]:
    """The ids of the jobs that came of it; none where it is new. Raises InvalidRequest where that was another call."""
    return lookup(call, now).read()


def lookup(call: IdempotencyRecord | None, now: datetime) -> Lookup[list[str]]:
    """The same, of what may be no call that is remembered."""
    if call is None:
        return Lookup([], lambda _: [])
    return lookups.of_one(table.key(KIND, call.identifier), lambda item: _job_ids_of(item, call, now))


def _job_ids_of(item: Item, call: IdempotencyRecord, now: datetime) -> list[str]:
    if item.get("ttl", 0) <= int(now.timestamp()):
        return []
    if item["fingerprint"] != call.fingerprint:
        raise InvalidRequest("This Idempotency-Key was sent before with another request.")
    return list(item["job_ids"])


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
