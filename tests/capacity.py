"""Write units of DynamoDB, as AWS charges them: by the kilobyte, twice in a transaction, and once for each index.

DynamoDB developer guide, "Capacity unit consumption for write operations": the larger of an item before and after
counts, also of a write that is refused; an index is written where its keys change, twice where an entry moves.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from imgopt.storage import clients
from tests.roles.enforcement import NOBODY, called_by

Item = Mapping[str, Any]
# What projects an item: the attributes that its entry in an index consists of, beside the keys.
INDEXES = (("agenda", "expires_at"), ("user",))


@dataclass(frozen=True)
class Written:
    """One item that was written, by the beginning of its key."""

    kind: str
    units: int


@dataclass
class Capacity:
    written: list[Written] = field(default_factory=list)

    @property
    def units(self) -> int:
        return sum(each.units for each in self.written)

    @property
    def parts(self) -> dict[str, int]:
        kinds = sorted({each.kind for each in self.written})
        return {kind: sum(each.units for each in self.written if each.kind == kind) for kind in kinds}


@contextmanager
def metered() -> Iterator[Capacity]:
    """Yields the units that this process writes meanwhile."""
    client, capacity = clients.dynamodb(), Capacity()
    call = client._make_api_call

    def make(operation: str, request: dict[str, Any]) -> Any:
        changes = list(_changes_of(operation, request))
        before = [_read(call, table, key) for table, key, _ in changes]
        try:
            return call(operation, request)
        finally:
            for (table, key, times), item in zip(changes, before, strict=True):
                units = _units(item, _read(call, table, key), times)
                capacity.written.append(Written(key["pk"]["S"].partition("#")[0], units))

    client._make_api_call = make
    try:
        yield capacity
    finally:
        del client._make_api_call  # what the class has, and other tests put there, counts again


def _changes_of(operation: str, request: dict[str, Any]) -> Iterator[tuple[str, Item, int]]:
    """Table, key, and how often a unit counts."""
    if operation in ("PutItem", "UpdateItem", "DeleteItem"):
        yield request["TableName"], _key_of(request), 1
    elif operation == "TransactWriteItems":
        for (each,) in (tuple(item.values()) for item in request["TransactItems"]):
            yield each["TableName"], _key_of(each), 2
    elif operation == "BatchWriteItem":
        for table, writes in request["RequestItems"].items():
            for (each,) in (tuple(write.values()) for write in writes):
                yield table, _key_of(each), 1


def _key_of(write: dict[str, Any]) -> Item:
    return {name: (write.get("Key") or write["Item"])[name] for name in ("pk", "sk")}


def _read(call: Callable[..., Any], table: str, key: Item) -> Item:
    with called_by(NOBODY):
        found: Item = call("GetItem", {"TableName": table, "Key": key}).get("Item", {})
    return found


def _units(before: Item, after: Item, times: int) -> int:
    kilobytes = max(1, math.ceil(max(item_bytes(before), item_bytes(after)) / 1024))
    return times * kilobytes + sum(_index_units(before, after, names) for names in INDEXES)


def _index_units(before: Item, after: Item, names: tuple[str, ...]) -> int:
    entries = [_entry(item, names) for item in (before, after)]
    return 0 if entries[0] == entries[1] else sum(entry is not None for entry in entries)


def _entry(item: Item, names: tuple[str, ...]) -> tuple[str, ...] | None:
    return tuple(str(item[name]) for name in names) if item.keys() >= {*names} else None


def item_bytes(item: Item) -> int:
    """DynamoDB developer guide, "DynamoDB item sizes and formats"."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return math.ceil(len(content.strip("-0.")) / 2) + 1
    if kind == "M":
        return 3 + len(content) + item_bytes(content)
    if kind == "L":
        return 3 + len(content) + sum(map(_value_bytes, content))
    return sum(len(each) for each in content) if kind in ("SS", "NS") else 1
