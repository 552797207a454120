"""Lists of names in the table, sorted by name: an item for each name, all items of a list under one partition key."""

import random
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from imgopt.errors import Unavailable
from imgopt.settings import settings
from imgopt.storage import table
from imgopt.storage.attributes import marshal, unmarshal
from imgopt.storage.clients import aws_errors, dynamodb
from imgopt.storage.table import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

WRITTEN_AT_ONCE = 25
# At most this many names are read; longer lists don't need exact positions.
MOST_LISTED = 1000
FIRST_ENTRY, LAST_ENTRY = "!", "~"


def add_all(pk: str, names: Sequence[str], remove_at: int) -> None:
    """Adds names. Can be repeated. DynamoDB removes them some time after `remove_at`, in seconds since 1970."""
    for start in range(0, len(names), WRITTEN_AT_ONCE):
        some = names[start : start + WRITTEN_AT_ONCE]
        _write([{"PutRequest": {"Item": marshal({"pk": pk, "sk": name, "ttl": remove_at})}} for name in some])


def remove_all(pk: str, names: Sequence[str]) -> None:
    for start in range(0, len(names), WRITTEN_AT_ONCE):
        some = names[start : start + WRITTEN_AT_ONCE]
        _write([{"DeleteRequest": {"Key": marshal({"pk": pk, "sk": name})}} for name in some])


def read(pk: str, *, last: str = LAST_ENTRY, most: int = MOST_LISTED) -> list[str]:
    """Returns the first `most` names of a list, up to and including `last`. The read is consistent."""
    request: QueryInputTypeDef = {
        "TableName": settings().table_name,
        "KeyConditionExpression": "pk = :pk AND sk <= :last",
        "ExpressionAttributeValues": marshal({":pk": pk, ":last": last}),
        "ConsistentRead": True,
        "Limit": most,
    }
    with aws_errors():
        answer = dynamodb().query(**request)
    return [unmarshal(item)["sk"] for item in answer["Items"]]


def clear(pk: str) -> None:
    """Removes all names of a list, also those beyond MOST_LISTED."""
    while names := read(pk):
        remove_all(pk, names)


def clear_with_items(pk: str, key_of: Callable[[Item], Item]) -> None:
    """Removes a list and the item of each entry. The items are removed first, because unlisted items could not be
    found.
    """
    for entry in table.query(pk, FIRST_ENTRY, LAST_ENTRY):
        table.delete(key_of(entry))
    clear(pk)


def _write(requests: list[Any]) -> None:
    """Writes a batch, and repeats what DynamoDB left out under load. Raises Unavailable where that goes on for
    seconds.
    """
    known, pending = settings().table_name, {settings().table_name: requests}
    for pause in (0, *table.PAUSES):
        time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - not used as a secret
        with aws_errors():
            answer = dynamodb().batch_write_item(RequestItems=pending)
        pending = answer.get("UnprocessedItems") or {}
        if not pending.get(known):
            return
    raise Unavailable("Storage is busy. Please try again.")
