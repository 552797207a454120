"""Counters in the table with limits, which concurrent writers can't exceed."""

from collections.abc import Sequence
from dataclasses import dataclass
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


def count_up(item_key: Item, amount: int, limit: int, remove_at: int) -> int | None:
    """Adds `amount` to an item's `count`, unless that would exceed `limit`. Returns the new count, or None.

    DynamoDB removes the item some time after `remove_at`, in seconds since 1970.
    """
    counted = count_all(item_key, [Amount("count", amount, limit)], remove_at)
    return None if counted.refused else counted.now["count"]


@dataclass(frozen=True)
class Amount:
    """An amount to add to a number of an item, which may become `limit` at most."""

    name: str
    amount: int
    limit: int


@dataclass(frozen=True)
class CountedNumbers:
    """The numbers after the write, or the names of those that would have exceeded their limits."""

    now: dict[str, int]
    refused: tuple[str, ...] = ()


def count_all(item_key: Item, amounts: Sequence[Amount], remove_at: int) -> CountedNumbers:
    """Adds to several numbers of an item in one write: to all of them or to none."""
    alone = tuple(each.name for each in amounts if each.amount > each.limit)
    if alone:
        return CountedNumbers({}, alone)
    numbers = range(len(amounts))
    request: UpdateItemInputTypeDef = {
        "TableName": settings().table_name,
        "Key": marshal(item_key),
        "UpdateExpression": "ADD " + ", ".join(f"#n{n} :n{n}" for n in numbers) + " SET #ttl = :ttl",
        "ConditionExpression": " AND ".join(f"(attribute_not_exists(#n{n}) OR #n{n} <= :room{n})" for n in numbers),
        "ExpressionAttributeNames": {"#ttl": "ttl", **{f"#n{n}": amounts[n].name for n in numbers}},
        "ExpressionAttributeValues": marshal({":ttl": remove_at, **_values(amounts)}),
        "ReturnValues": "UPDATED_NEW",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    try:
        with aws_errors():
            now = unmarshal(dynamodb().update_item(**request)["Attributes"])
    except ClientError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            return CountedNumbers({}, _refused(amounts, _item_of(error)))
        raise
    return CountedNumbers({each.name: int(now[each.name]) for each in amounts})


def _item_of(error: ClientError) -> Item:
    """Returns the item as it was before the refused write."""
    answer: Item = {**error.response}
    return unmarshal(answer.get("Item", {}))


def _values(amounts: Sequence[Amount]) -> dict[str, int]:
    added = {f":n{n}": each.amount for n, each in enumerate(amounts)}
    return added | {f":room{n}": each.limit - each.amount for n, each in enumerate(amounts)}


def _refused(amounts: Sequence[Amount], before: Item) -> tuple[str, ...]:
    """Returns the names whose limits were exceeded; all names where none can be told."""
    found = tuple(each.name for each in amounts if int(before.get(each.name, 0)) > each.limit - each.amount)
    return found or tuple(each.name for each in amounts)


def add_known(item_key: Item, amounts: dict[str, int]) -> bool:
    """Adds to numbers of an existing item. Returns whether it exists."""
    request: UpdateItemInputTypeDef = {
        "TableName": settings().table_name,
        "Key": marshal(item_key),
        "UpdateExpression": "ADD " + ", ".join(f"#{name} :{name}" for name in amounts),
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeNames": {f"#{name}": name for name in amounts},
        "ExpressionAttributeValues": marshal({f":{name}": value for name, value in amounts.items()}),
    }
    try:
        with aws_errors():
            dynamodb().update_item(**request)
    except ClientError as error:
        if error_code(error) != "ConditionalCheckFailedException":
            raise
        return False
    return True


def read(item_key: Item) -> int:
    """Returns the count; 0 where nothing has been counted."""
    return int((table.get(item_key) or {}).get("count", 0))


def lookup(item_key: Item, name: str = "count") -> Lookup[int]:
    return lookups.of_one(item_key, lambda item: int(item.get(name, 0)))
