"""Idempotency records: `IDEMPOTENCY#<owner>#<sha256 of the key>` has the ids of the jobs that a call has made.

The record is written in the same transaction as the jobs.
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
    """`fingerprint` is a hash of the request: equal requests have equal fingerprints."""

    identifier: str
    fingerprint: str


def record_of(owner: str, key: str, request: object) -> IdempotencyRecord:
    """Returns the record of a request. `request` is the request as JSON values."""
    return IdempotencyRecord(f"{owner}#{_hash(key)}", _hash(json.dumps(request, sort_keys=True)))


def save(call: IdempotencyRecord, job_ids: Sequence[str], now: datetime) -> Write:
    """Returns the write that keeps the record for 24 hours. It fails where the key is in use."""
    record = {"fingerprint": call.fingerprint, "job_ids": list(job_ids)}
    ends = int((now + LIFETIME).timestamp())
    return transactions.put_anew({**table.key(KIND, call.identifier), **record, "ttl": ends}, now)


def load(call: IdempotencyRecord | None, now: datetime) -> list[str]:
    """Returns the ids of the jobs of an earlier call under this key; none for a new key.

    Raises InvalidRequest where the key belongs to another request.
    """
    return lookup(call, now).read()


def lookup(call: IdempotencyRecord | None, now: datetime) -> Lookup[list[str]]:
    """Looks up the job ids of an earlier call; finds none where `call` is None. The read raises InvalidRequest as
    `load` does.
    """
    if call is None:
        return Lookup([], lambda _: [])
    return lookups.of_one(table.key(KIND, call.identifier), lambda item: _job_ids_of(item, call, now))


def _job_ids_of(item: Item, call: IdempotencyRecord, now: datetime) -> list[str]:
    if item.get("ttl", 0) <= int(now.timestamp()):
        return []
    if item["fingerprint"] != call.fingerprint:
        raise InvalidRequest(
            "This Idempotency-Key was sent before with another request. Use a new key for a new request."
        )
    return list(item["job_ids"])


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
