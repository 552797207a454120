"""The sparse index `agenda`: items that something is still to be done with, by what and in the order of `expires_at`.

An item is on it as long as it has the attribute `agenda`. Each part of the agenda is spread over some partitions, since
all who write to one of them together may write a thousand items a second.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from zlib import crc32

from botocore.exceptions import ClientError

from imgopt.settings import settings
from imgopt.storage.clients import aws_errors, dynamodb, error_code
from imgopt.storage.table import Item, marshal, unmarshal

DUE_INDEX = "agenda"
PARTITIONS = 8
PAGE_ITEMS = 100
# Less than every time, and greater.
BEGINNING, END = "0", "~"


class Part(StrEnum):
    """`open` are jobs that have not ended, `kept` is everything that has to go after its time.

    `deleting` are users whose accounts are being deleted, `paying` are payments that are not settled.
    """

    UNFINISHED = "open"
    EXPIRING = "kept"
    DELETING = "deleting"
    PAYING = "paying"


def entry(part: Part, identifier: str) -> Item:
    """What puts an item on the agenda, and on one part of it alone."""
    return {"agenda": _partition(part, crc32(identifier.encode()) % PARTITIONS)}


def find_due_pages(part: Part, before: datetime | None = None, after: datetime | None = None) -> Iterator[list[Item]]:
    """The keys of what is on a part, in pages; only what expires `before` a time and `after` another, if given.

    Whoever has done with an item takes it off: then what is first of a partition is what has waited longest. These
    come in any order, so that none is always the last where there is too little time.
    """
    first, last = _spell(after) if after else BEGINNING, _spell(before) if before else END
    for number in random.sample(range(PARTITIONS), PARTITIONS):
        yield from _read_partition(_partition(part, number), first, last)


def _spell(moment: datetime) -> str:
    """Less than the same moment with a part of a second, and with its zone."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00")


def remove(item: Item, identifier: str) -> bool:
    """Writes an item in place of the one that is on the part `kept`, and off the agenda; whether that was on it."""
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
