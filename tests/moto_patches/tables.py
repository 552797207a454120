"""Copies of tables, and comparisons of keys, of which moto makes more than are needed."""

import copy
import operator
from collections.abc import Callable
from threading import Lock, local
from typing import Any

from moto.dynamodb import models, responses
from moto.dynamodb.models.dynamo_type import DynamoType

Compare = Callable[[Any, Any], bool]
TEXT = "S"


def install() -> None:
    backend = models.DynamoDBBackend
    copies = Copies()
    models.copy = copies
    backend.transact_write_items = copies.sharing(backend.transact_write_items)
    responses.DynamoHandler.call_action = one_at_a_time(responses.DynamoHandler.call_action)
    for name in ("__eq__", "__ne__", "__lt__"):
        setattr(DynamoType, name, comparing_texts(getattr(DynamoType, name), getattr(operator, name)))


def one_at_a_time(answer: Callable[..., Any]) -> Callable[..., Any]:
    lock = Lock()

    def answer_alone(*asked: Any) -> Any:
        with lock:
            return answer(*asked)

    return answer_alone


class Copies:
    """The module `copy`, as moto's DynamoDB sees it: for each item of a transaction it copies the whole table.

    Here it copies once what the transaction may change; all else is in the table and in its copy.
    """

    def __init__(self) -> None:
        self._transaction = local()

    def __getattr__(self, name: str) -> Any:
        return getattr(copy, name)

    def deepcopy(self, value: Any) -> Any:
        known = getattr(self._transaction, "copies", None)
        if known is None or not isinstance(value, models.Table):
            return copy.deepcopy(value)
        if value.name not in known:
            known[value.name] = copy_partitions(value, self._transaction.operations)
        return known[value.name]

    def sharing(self, write: Callable[..., None]) -> Callable[..., None]:
        def write_with_one_copy(backend: models.DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
            self._transaction.copies = {}
            self._transaction.operations = [each for item in transact_items for each in item.values()]
            try:
                write(backend, transact_items)
            finally:
                self._transaction.copies = None

        return write_with_one_copy


def comparing_texts(compare: Compare, compare_plain: Compare) -> Compare:
    """Compares keys as texts, which nearly all keys are: a query sorts and compares the keys of the whole table."""

    def compare_values(self: DynamoType, other: DynamoType) -> bool:
        return compare_plain(self.value, other.value) if self.type == other.type == TEXT else compare(self, other)

    return compare_values


def copy_partitions(table: models.Table, operations: list[dict[str, Any]]) -> models.Table:
    """A table of which only the partitions are its own that the operations name."""
    copied = copy.copy(table)
    copied.items = copy.copy(table.items)
    for operation in operations:
        key = DynamoType((operation.get("Key") or operation["Item"])[table.hash_key_attr])
        if key in copied.items:
            copied.items[key] = copy.deepcopy(copied.items[key])
    return copied
