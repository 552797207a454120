"""Numbers in the table that many count up at once, each to a limit that none can pass."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from imgopt.settings import settings
from imgopt.storage import lookups, table
from imgopt.storage.clients import aws_errors, dynamodb, error_code
from imgopt.storage.lookups import Lookup
from imgopt.storage.table import Item, marshal, unmarshal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import UpdateItemInputTypeDef


def count_up(item_key: Item, amount: int, limit: int, remove_at: int) -> int | None:
    """Adds `amount` to an item's `count` if that makes no more than `limit`: the count as it is now, else None.

    DynamoDB removes the item some time after `remove_at`, seconds since 1970.
    """
    if amount > limit:
        return None
    request: UpdateItemInputTypeDef = {
        "TableName": settings().table_name,
        "Key": marshal(item_key),
        "UpdateExpression": "ADD #count :amount SET #ttl = :ttl",
        "ConditionExpression": "attribute_not_exists(#count) OR #count <= :room",
        "ExpressionAttributeNames": {"#count": "count", "#ttl": "ttl"},
        "ExpressionAttributeValues": marshal({":amount": amount, ":ttl": remove_at, ":room": limit - amount}),
        "ReturnValues": "UPDATED_NEW",
    }
    try:
        with aws_errors():
            return int(unmarshal(dynamodb().update_item(**request)["Attributes"])["count"])
    except ClientError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            return None
        raise


def add_known(item_key: Item, amounts: dict[str, int]) -> bool:
    """Adds to numbers of an item that is there; whether it is."""
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
    """0 where nothing has been counted."""
    return _count_of(table.get(item_key) or {})


def lookup(item_key: Item) -> Lookup[int]:
    return lookups.of_one(item_key, _count_of)


def _count_of(item: Item) -> int:
    return int(item.get("count", 0))
