"""The DynamoDB table: items by `pk` and `sk`, removed after `ttl`, in seconds since 1970."""

import math
import random
import re
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from botocore.exceptions import ClientError

from imgopt.errors import Unavailable
from imgopt.settings import settings
from imgopt.storage.attributes import adapter, marshal, plain, unmarshal
from imgopt.storage.clients import aws_errors, dynamodb, error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import DeleteItemInputTypeDef, UpdateItemInputTypeDef

T = TypeVar("T")
Item = dict[str, Any]

READ_AT_ONCE = 100
ATTRIBUTE_NAME = re.compile(r"#(\w+)")
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # seconds


def key(kind: str, identifier: str) -> Item:
    """Returns the key of an item that has a partition of its own; its kind is the sort key."""
    return {"pk": f"{kind}#{identifier}", "sk": kind}


def to_item(record: object, kind: str, identifier: str, remove_at: datetime, *, exclude_defaults: bool = False) -> Item:
    """Converts a dataclass to an item that DynamoDB removes some time after `remove_at`."""
    stored = plain(record, exclude_defaults=exclude_defaults)
    return {**key(kind, identifier), **stored, "ttl": int(remove_at.timestamp())}


def from_item(item: Item, record_type: type[T]) -> T:
    record: T = adapter(record_type).validate_python(item)
    return record


def get(item_key: Item) -> Item | None:
    with aws_errors():
        answer = dynamodb().get_item(TableName=settings().table_name, Key=marshal(item_key), ConsistentRead=True)
    return unmarshal(answer["Item"]) if "Item" in answer else None


def get_many(keys: Sequence[Item]) -> list[Item]:
    """Returns the items that exist, in no particular order. The read is consistent."""
    found: list[Item] = []
    for start in range(0, len(keys), READ_AT_ONCE):
        found += _get_batch(keys[start : start + READ_AT_ONCE])
    return found


def query(pk: str, first: str, last: str) -> list[Item]:
    """Returns the items of a partition whose sort keys are from `first` to `last`, sorted."""
    request = {
        "TableName": settings().table_name,
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": marshal({":pk": pk, ":first": first, ":last": last}),
    }
    return list(chain.from_iterable(read_pages("query", request)))


def scan(kind: str, seconds: float = math.inf) -> Iterator[Item]:
    """Yields all items of a kind, or those that are found in `seconds`.

    It reads the whole table, and is too slow for requests of clients.
    """
    until = time.monotonic() + seconds
    request = {
        "TableName": settings().table_name,
        "FilterExpression": "begins_with(pk, :kind)",
        "ExpressionAttributeValues": marshal({":kind": f"{kind}#"}),
    }
    pages = takewhile(lambda _: time.monotonic() < until, read_pages("scan", request))
    return chain.from_iterable(pages)


def put(item: Item) -> None:
    with aws_errors():
        dynamodb().put_item(TableName=settings().table_name, Item=marshal(item))


def put_new(item: Item) -> bool:
    """Stores an item and returns whether none existed under its key. An existing one is kept."""
    try:
        with aws_errors():
            dynamodb().put_item(
                TableName=settings().table_name, Item=marshal(item), ConditionExpression="attribute_not_exists(pk)"
            )
    except ClientError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            return False
        raise
    return True


def delete(item_key: Item) -> None:
    with aws_errors():
        dynamodb().delete_item(TableName=settings().table_name, Key=marshal(item_key))


def update(item_key: Item, changes: Item, *, where: str, values: Item) -> Item | None:
    """Sets attributes of an item whose condition holds, and returns the new item; otherwise returns None.

    In `where`, names begin with # and `values` with a colon. A value must not have the name of a change.
    """
    request: UpdateItemInputTypeDef = {
        "TableName": settings().table_name,
        "Key": marshal(item_key),
        "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in changes),
        "ConditionExpression": where,
        "ExpressionAttributeNames": {f"#{name}": name for name in (*changes, *ATTRIBUTE_NAME.findall(where))},
        "ExpressionAttributeValues": marshal({f":{name}": value for name, value in {**changes, **values}.items()}),
        "ReturnValues": "ALL_NEW",
    }
    try:
        with aws_errors():
            return unmarshal(dynamodb().update_item(**request)["Attributes"])
    except ClientError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            return None
        raise


def delete_unchanged(item_key: Item, name: str, value: object) -> bool:
    """Deletes an item where one of its attributes still has that value. Returns whether it did."""
    request: DeleteItemInputTypeDef = {
        "TableName": settings().table_name,
        "Key": marshal(item_key),
        "ConditionExpression": "#name = :value",
        "ExpressionAttributeNames": {"#name": name},
        "ExpressionAttributeValues": marshal({":value": value}),
    }
    try:
        with aws_errors():
            dynamodb().delete_item(**request)
    except ClientError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            return False
        raise
    return True


def add(item_key: Item, amounts: dict[str, int], remove_at: datetime | None = None) -> Item:
    """Adds to numbers of an item, which is created where it is missing. Returns the new numbers."""
    expires = {"ttl": int(remove_at.timestamp())} if remove_at else {}
    removal = " SET #ttl = :ttl" if remove_at else ""
    request: UpdateItemInputTypeDef = {
        "TableName": settings().table_name,
        "Key": marshal(item_key),
        "UpdateExpression": "ADD " + ", ".join(f"#{name} :{name}" for name in amounts) + removal,
        "ExpressionAttributeNames": {f"#{name}": name for name in (*amounts, *expires)},
        "ExpressionAttributeValues": marshal({f":{name}": value for name, value in {**amounts, **expires}.items()}),
        "ReturnValues": "UPDATED_NEW",
    }
    with aws_errors():
        return unmarshal(dynamodb().update_item(**request)["Attributes"])


def raise_to(item_key: Item, name: str, value: int) -> None:
    """Sets a number of an item to `value`, where it is smaller or missing."""
    request: UpdateItemInputTypeDef = {
        "TableName": settings().table_name,
        "Key": marshal(item_key),
        "UpdateExpression": "SET #name = :value",
        "ConditionExpression": "attribute_not_exists(#name) OR #name < :value",
        "ExpressionAttributeNames": {"#name": name},
        "ExpressionAttributeValues": marshal({":value": value}),
    }
    try:
        with aws_errors():
            dynamodb().update_item(**request)
    except ClientError as error:
        if error_code(error) != "ConditionalCheckFailedException":
            raise


def check_table() -> None:
    """Raises Unavailable where the table can't be read for any reason."""
    try:
        get(key("READINESS", "probe"))
    except ClientError as error:
        raise Unavailable("The table can't be read.") from error


def read_pages(operation: Literal["query", "scan"], request: Item) -> Iterator[list[Item]]:
    """Yields the pages of a query or scan of the table or an index."""
    pages = iter(dynamodb().get_paginator(operation).paginate(**request))
    while True:
        with aws_errors():
            page = next(pages, None)
        if page is None:
            return
        yield [unmarshal(item) for item in page["Items"]]


def _get_batch(keys: Sequence[Item]) -> list[Item]:
    """Reads a batch, and repeats what DynamoDB left out under load. Raises Unavailable where that goes on for
    seconds.
    """
    table = settings().table_name
    pending: Any = {table: {"Keys": [marshal(item_key) for item_key in keys], "ConsistentRead": True}}
    found: list[Item] = []
    for pause in (0, *PAUSES):
        time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - not used as a secret
        with aws_errors():
            answer = dynamodb().batch_get_item(RequestItems=pending)
        found += [unmarshal(item) for item in answer["Responses"].get(table, [])]
        pending = answer.get("UnprocessedKeys")
        if not pending:
            return found
    raise Unavailable("Storage is busy. Please try again.")
