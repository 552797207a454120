"""Sets of names in the table: each is an item with the attribute `names`, with a limit that concurrent writers can't
exceed.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from imgopt.settings import settings
from imgopt.storage import lookups, table
from imgopt.storage.attributes import marshal, unmarshal
from imgopt.storage.clients import aws_errors, dynamodb, error_code
from imgopt.storage.lookups import Lookup
from imgopt.storage.table import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import UpdateItemInputTypeDef


def add(item_key: Item, names: Collection[str], limit: int, remove_at: int) -> bool:
    """Adds all names and returns True. Adds none where one is in the set already, or `limit` would be exceeded.

    Where a request was repeated because its answer was lost, names that are in the set count as added by it: another
    process may have added them, and then does the same work. DynamoDB removes the item some time after `remove_at`, in
    seconds since 1970.
    """
    room, known = limit - len(names), {f":name{number}": name for number, name in enumerate(sorted(names))}
    if room < 0 or not names:
        return False
    is_new = " AND ".join(f"NOT contains(#names, {name})" for name in known)
    request: UpdateItemInputTypeDef = {
        "TableName": settings().table_name,
        "Key": marshal(item_key),
        "UpdateExpression": "ADD #names :names SET #ttl = :ttl",
        "ConditionExpression": f"attribute_not_exists(#names) OR (size(#names) <= :room AND {is_new})",
        "ExpressionAttributeNames": {"#names": "names", "#ttl": "ttl"},
        "ExpressionAttributeValues": marshal({":names": set(names), ":room": room, ":ttl": remove_at, **known}),
    }
    outcome = _try(request)
    return outcome.held or (outcome.was_repeated and read(item_key) >= set(names))


def remove(item_key: Item, name: str) -> frozenset[str] | None:
    """Removes a name and returns the names that are left; None where it was not in the set."""
    request: UpdateItemInputTypeDef = {
        "TableName": settings().table_name,
        "Key": marshal(item_key),
        "UpdateExpression": "DELETE #names :names",
        "ConditionExpression": "contains(#names, :name)",
        "ExpressionAttributeNames": {"#names": "names"},
        "ExpressionAttributeValues": marshal({":names": {name}, ":name": name}),
        "ReturnValues": "ALL_NEW",
    }
    outcome = _try(request)
    return frozenset(outcome.item.get("names", ())) if outcome.held else None


def read(item_key: Item) -> frozenset[str]:
    return _names_of(table.get(item_key) or {})


def lookup(item_key: Item) -> Lookup[frozenset[str]]:
    return lookups.of_one(item_key, _names_of)


def _names_of(item: Item) -> frozenset[str]:
    return frozenset(item.get("names", ()))


@dataclass(frozen=True)
class UpdateOutcome:
    """Whether the condition held, the item in the answer, and whether the request had been sent before."""

    held: bool
    item: Item = field(default_factory=dict)
    was_repeated: bool = False


def _try(request: "UpdateItemInputTypeDef") -> UpdateOutcome:
    try:
        with aws_errors():
            return UpdateOutcome(held=True, item=unmarshal(dynamodb().update_item(**request).get("Attributes", {})))
    except ClientError as error:
        if error_code(error) != "ConditionalCheckFailedException":
            raise
        return UpdateOutcome(held=False, was_repeated=error.response["ResponseMetadata"].get("RetryAttempts", 0) > 0)
