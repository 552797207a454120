"""Items of DynamoDB. Each change is in the journal before the request is answered, or it is undone.

The emulator changes items in two functions, and its handlers run without interruption on one event loop. Their changes
are written when they return, and undone if that fails.
"""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

from local.persistence.disk_space import Space, refusal
from local.persistence.journal import Journal, JournalRecord, NotStored

Table = dict[str, Any]


class Records:
    def __init__(self, dynamodb: ModuleType, journal: Journal, space: Space, prepare: Callable[[], None]) -> None:
        """`prepare` is called before each commit. It stores the tables, which the next start needs for the items."""
        self.dynamodb, self.journal, self.space, self.prepare = dynamodb, journal, space, prepare
        self.changes: list[tuple[Table, str, str, Any]] = []  # each with the previous item
        self.set_item, self.remove_item = dynamodb._set_item, dynamodb._remove_item

    def install(self) -> None:
        dynamodb: Any = self.dynamodb
        dynamodb._set_item, dynamodb._remove_item = self._set, self._remove
        dynamodb.handle_request = self._writing(dynamodb.handle_request)

    def _set(self, table: Table, pk: str, sk: str, item: Any) -> Any:
        before = self.set_item(table, pk, sk, item)
        self.changes.append((table, pk, sk, before))
        return before

    def _remove(self, table: Table, pk: str, sk: str) -> Any:
        before = self.remove_item(table, pk, sk)
        self.changes.append((table, pk, sk, before))
        return before

    def _writing(self, handle: Any) -> Any:
        async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
            answer = await handle(method, path, headers, body, query)
            try:
                self.commit()
            except NotStored as error:
                forget_token(self.dynamodb, body)
                return self.space.refuse(error, refusal("application/x-amz-json-1.0"))
            return answer

        return handle_request

    def commit(self) -> None:
        """Writes the changes. If it raises NotStored, they were undone."""
        changes, self.changes = self.changes, []
        if not changes:
            return
        try:
            self.space.check_records()
            self.prepare()
            self.journal.write(latest(changes), {})
        except NotStored:
            self._undo(changes)
            raise

    def _undo(self, changes: list[tuple[Table, str, str, Any]]) -> None:
        for table, pk, sk, before in reversed(changes):
            if before is None:
                self.remove_item(table, pk, sk)
            else:
                self.set_item(table, pk, sk, before)

    def restore(self) -> None:
        """Restores the items of existing tables."""
        tables = {table["TableArn"]: table for table in self.dynamodb._tables.all_values()}
        for (arn, pk, sk), item in self.journal.records():
            if arn in tables:
                tables[arn]["items"].setdefault(pk, {})[sk] = json.loads(item)
        for table in tables.values():
            self.dynamodb._items_replaced(table)


def latest(changes: list[tuple[Table, str, str, Any]]) -> dict[JournalRecord, str | None]:
    found: dict[JournalRecord, str | None] = {}
    for table, pk, sk, _ in changes:
        item = table["items"].get(pk, {}).get(sk)
        found[table["TableArn"], pk, sk] = None if item is None else json.dumps(item, separators=(",", ":"))
    return found


def forget_token(dynamodb: ModuleType, body: bytes) -> None:
    """Deletes the token of a transaction that was not stored, so that a retry is executed."""
    token = json.loads(body or b"{}").get("ClientRequestToken")
    if token:
        dynamodb._txn_idempotency.pop(token, None)
