"""The sparse index `agenda`: items that need later work, by kind of work and in the order of `expires_at`.

An item is in the index while it has the attribute `agenda`. Each kind is spread over several partitions, because one
partition takes a thousand writes a second.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from zlib import crc32

from botocore.exceptions import ClientError

from imgopt.settings import settings
from imgopt.storage.attributes import marshal, unmarshal
from imgopt.storage.clients import aws_errors, dynamodb, error_code
from imgopt.storage.table import Item

DUE_INDEX = "agenda"
PARTITIONS = 8
PAGE_ITEMS = 100
# Less than all times, and greater than all times.
BEGINNING, END = "0", "~"


class Part(StrEnum):
    """The kind of work: `open` for jobs that have not ended, `kept` for items to be removed after their expiry.

    `deleting` for users whose accounts are being deleted, `paying` for payments that are not settled.
    """

    UNFINISHED = "open"
    EXPIRING = "kept"
    DELETING = "deleting"
    PAYING = "paying"


def entry(part: Part, identifier: str) -> Item:
    """Returns the attribute that puts an item into one part of the index."""
    return {"agenda": _partition(part, crc32(identifier.encode()) % PARTITIONS)}


def find_due_pages(part: Part, before: datetime | None = None, after: datetime | None = None) -> Iterator[list[Item]]:
    """Yields pages of keys of one part, optionally only those that expire `before` or `after` a time.

    Partitions come in random order, so that none is always last when time is short. Within a partition the oldest come
    first; callers remove items that are done.
    """
    first, last = _spell(after) if after else BEGINNING, _spell(before) if before else END
    for number in random.sample(range(PARTITIONS), PARTITIONS):
        yield from _read_partition(_partition(part, number), first, last)


def _spell(moment: datetime) -> str:
    """Returns a time as text that sorts before stored times of the same second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00")


def remove(item: Item, identifier: str) -> bool:
    """Replaces an item of the part `kept` by one that is not in the index. Returns whether it was in that part."""
    rest = {name: value for name, value in item.items() if name != "agenda"}
    try:
        with aws_errors():
            dynamodb().put_item(
                TableName=settings().table_name,
                Item=marshal(rest),
                ConditionExpression="agenda = :agenda",
                ExpressionAttributeValues=marshal({":agenda": entry(Part.EXPIRING, identifier)["agenda"]}),
            )
    except ClientError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            return False
        raise
    return True


def _read_partition(partition: str, first: str, last: str) -> Iterator[list[Item]]:
    pages = iter(
        dynamodb()
        .get_paginator("query")
        .paginate(
            TableName=settings().table_name,
            IndexName=DUE_INDEX,
            KeyConditionExpression="agenda = :agenda AND expires_at BETWEEN :first AND :last",
            ExpressionAttributeValues=marshal({":agenda": partition, ":first": first, ":last": last}),
            PaginationConfig={"PageSize": PAGE_ITEMS},
        )
    )
    while True:
        with aws_errors():
            page = next(pages, None)
        if page is None:
            return
        if page["Items"]:
            yield [{name: unmarshal(item)[name] for name in ("pk", "sk")} for item in page["Items"]]


def _partition(part: Part, number: int) -> str:
    return f"{part}#{number}"
