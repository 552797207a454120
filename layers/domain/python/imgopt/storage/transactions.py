"""Writes to the table that are made together or not at all, at most 100 of them."""

import random
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

from botocore.exceptions import ClientError

from imgopt.errors import Unavailable
from imgopt.settings import settings
from imgopt.storage.clients import aws_errors, dynamodb, error_code
from imgopt.storage.table import ATTRIBUTE_NAME, Item, marshal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef, UpdateTypeDef

Write: TypeAlias = "TransactWriteItemTypeDef"
ATTEMPTS = 10
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5
MISSING, REFUSED = "attribute_not_exists(pk)", "ConditionalCheckFailed"
# Others write to one of the items, or too much is written at all.
LOST = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"})
NOTHING: Mapping[str, Any] = {}


class ConditionFailed(Exception):
    """A condition of one of the writes does not hold, so none was made."""


def create_item(item: Item) -> Write:
    """Writes an item that must not be there yet."""
    return {"Put": {"TableName": settings().table_name, "Item": marshal(item), "ConditionExpression": MISSING}}


def put_anew(item: Item, now: datetime) -> Write:
    """Writes an item that may only be there if its time is over, and nothing has removed it yet."""
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
    """Writes an item in place of one for which a condition holds, spelled as that of `change_item`."""
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
    sets: Mapping[str, object] = NOTHING,
    adds: Mapping[str, int] = NOTHING,
    where: str = "",
    values: Mapping[str, object] = NOTHING,
) -> Write:
    """Sets attributes and adds to numbers of an item, which is made where it is missing.

    In the condition `where`, names have a # in front and `values` a colon, as in `#used <= :room`.
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
    """Deletes an item that must be there."""
    known = "attribute_exists(pk)"
    return {"Delete": {"TableName": settings().table_name, "Key": marshal(item_key), "ConditionExpression": known}}


def write_all(writes: Sequence[Write]) -> None:
    """Makes all writes.

    Raises ConditionFailed, or Unavailable where others don't leave the items alone for a second or two.

    The token makes a request that is sent once more, since its answer was lost, count once. Where no answer comes at
    all, it is looked up what became of it.
    """
    try:
        _write_with(str(uuid4()), writes)
    except Unavailable:
        if not _is_made(writes):
            raise


def _is_made(writes: Sequence[Write]) -> bool:
    """Whether an item is there as it was to be written, or one that was to be deleted is gone: all are made then."""
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
        time.sleep(random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)))  # noqa: S311 - no secret
    raise Unavailable("Storage is busy. Please try again.")


def _try(writes: Sequence[Write], token: str) -> bool:
    """Whether it was done; False where it is worth another attempt."""
    try:
        with aws_errors():
            dynamodb().transact_write_items(TransactItems=writes, ClientRequestToken=token)
    except ClientError as error:
        if error_code(error) != "TransactionCanceledException":
            raise
        codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
        if REFUSED in codes:
            raise ConditionFailed from error
        if not codes & LOST:
            raise
        return False
    return True
