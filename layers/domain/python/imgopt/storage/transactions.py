"""Transactions: up to 100 writes to the table that are all made, or none of them."""

import random
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

from botocore.exceptions import ClientError

from imgopt.errors import Unavailable
from imgopt.settings import settings
from imgopt.storage.attributes import marshal
from imgopt.storage.clients import aws_errors, dynamodb, error_code
from imgopt.storage.table import ATTRIBUTE_NAME, Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef, UpdateTypeDef

Write: TypeAlias = "TransactWriteItemTypeDef"
ATTEMPTS = 10
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5
MISSING, REFUSED = "attribute_not_exists(pk)", "ConditionalCheckFailed"
# Conflicts with other writers, or throttling.
TRANSIENT_CODES = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"})
NO_VALUES: Mapping[str, Any] = {}


class ConditionFailed(Exception):
    """The condition of one write doesn't hold, so that none was made."""


def create_item(item: Item) -> Write:
    """Returns the write of an item that must not exist."""
    return {"Put": {"TableName": settings().table_name, "Item": marshal(item), "ConditionExpression": MISSING}}


def put_anew(item: Item, now: datetime) -> Write:
    """Returns the write of an item that must not exist, or must have expired without having been removed yet."""
    return {
        "Put": {
            "TableName": settings().table_name,
            "Item": marshal(item),
            "ConditionExpression": f"{MISSING} OR #ttl <= :now",
            "ExpressionAttributeNames": {"#ttl": "ttl"},
            "ExpressionAttributeValues": marshal({":now": int(now.timestamp())}),
        }
    }


def replace_item(item: Item, *, where: str, values: Mapping[str, object]) -> Write:
    """Returns the write of an item in place of one whose condition holds; `where` is spelled as in `change_item`."""
    return {
        "Put": {
            "TableName": settings().table_name,
            "Item": marshal(item),
            "ConditionExpression": where,
            "ExpressionAttributeNames": {f"#{name}": name for name in ATTRIBUTE_NAME.findall(where)},
            "ExpressionAttributeValues": marshal({f":{name}": value for name, value in values.items()}),
        }
    }


def change_item(
    item_key: Item,
    *,
    sets: Mapping[str, object] = NO_VALUES,
    adds: Mapping[str, int] = NO_VALUES,
    where: str = "",
    values: Mapping[str, object] = NO_VALUES,
) -> Write:
    """Returns the write that sets attributes and adds to numbers of an item, which is created where it is missing.

    In the condition `where`, names begin with # and `values` with a colon, as in `#used <= :room`.
    """
    verbs = {"SET": [f"#{name} = :{name}" for name in sets], "ADD": [f"#{name} :{name}" for name in adds]}
    given = {**sets, **adds, **values}
    request: UpdateTypeDef = {
        "TableName": settings().table_name,
        "Key": marshal(item_key),
        "UpdateExpression": " ".join(f"{verb} {', '.join(parts)}" for verb, parts in verbs.items() if parts),
        "ExpressionAttributeNames": {f"#{name}": name for name in (*sets, *adds, *ATTRIBUTE_NAME.findall(where))},
        "ExpressionAttributeValues": marshal({f":{name}": value for name, value in given.items()}),
    }
    if where:
        request["ConditionExpression"] = where
    return {"Update": request}


def delete_known(item_key: Item) -> Write:
    """Returns the write that deletes an item, which must exist."""
    known = "attribute_exists(pk)"
    return {"Delete": {"TableName": settings().table_name, "Key": marshal(item_key), "ConditionExpression": known}}


def write_all(writes: Sequence[Write]) -> None:
    """Makes all writes.

    Raises ConditionFailed, or Unavailable where conflicts last for a second or two. A token makes repetitions of a
    request count once. Where no answer arrives at all, the items are read to learn the outcome.
    """
    try:
        _write_with(str(uuid4()), writes)
    except Unavailable:
        if not _is_made(writes):
            raise


def _is_made(writes: Sequence[Write]) -> bool:
    """Returns whether the writes were made, judged by one item that was to be written or deleted."""
    for write in writes:
        if "Put" in write:
            wanted = write["Put"]["Item"]
            return _read({name: wanted[name] for name in ("pk", "sk")}) == wanted
        if "Delete" in write:
            return _read(write["Delete"]["Key"]) is None
    return False


def _read(item_key: Mapping[str, Any]) -> Mapping[str, Any] | None:
    with aws_errors():
        found = dynamodb().get_item(TableName=settings().table_name, Key=item_key, ConsistentRead=True)
    return found.get("Item")


def _write_with(token: str, writes: Sequence[Write]) -> None:
    for attempt in range(ATTEMPTS):
        if _try(writes, token):
            return
        time.sleep(random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)))  # noqa: S311 - not used as a secret
    raise Unavailable("Storage is busy. Please try again.")


def _try(writes: Sequence[Write], token: str) -> bool:
    """Sends the transaction. Returns False where it should be repeated."""
    try:
        with aws_errors():
            dynamodb().transact_write_items(TransactItems=writes, ClientRequestToken=token)
    except ClientError as error:
        if error_code(error) != "TransactionCanceledException":
            raise
        codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
        if REFUSED in codes:
            raise ConditionFailed from error
        if not codes & TRANSIENT_CODES:
            raise
        return False
    return True
