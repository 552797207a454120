"""A journal on disk, and those parts of the emulator's DynamoDB, S3 and SQS whose state is stored."""

import asyncio
import json
from collections import defaultdict
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any

import pytest

from local.persistence.disk_space import Space
from local.persistence.journal import Journal

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/t"


class Scoped:
    """A store of the emulator, by account, region and name."""

    def __init__(self, data: dict | None = None) -> None:
        self._data = data or {}

    def all_items(self) -> list:
        return list(self._data.items())

    def all_values(self) -> list:
        return list(self._data.values())

    def set_scoped(self, *scope: Any) -> None:
        self._data[scope[:-1]] = scope[-1]

    def update(self, other: Any) -> None:
        self._data.update(other._data)

    def pop(self, key: str, *default: Any) -> Any:
        return self._data.pop(key, *default)


def to_json(found: Any) -> Any:
    return {"scoped": [[list(key), value] for key, value in found._data.items()]}


def from_json(found: dict) -> Any:
    return Scoped({tuple(key): value for key, value in found["scoped"]}) if "scoped" in found else found


CODEC = SimpleNamespace(_json_default=to_json, _json_object_hook=from_json)


class DynamoDb(SimpleNamespace):
    """A DynamoDB whose requests are lists of values to set, where None removes."""

    def __init__(self) -> None:
        table = {"TableArn": TABLE, "TableName": "t", "items": defaultdict(dict), "ItemCount": 0}
        super().__init__(
            _tables=Scoped({("0", "us-east-1", "t"): table}),
            _txn_idempotency=Scoped({"token": "seen"}),
            _set_item=set_item,
            _remove_item=remove_item,
            _items_replaced=lambda table: None,
        )
        self._tags, self._ttl_settings, self._pitr_settings = Scoped(), Scoped(), Scoped()

    @property
    def items(self) -> dict:
        return {key: dict(found) for key, found in self._tables.all_values()[0]["items"].items()}

    async def handle_request(self, method: str, path: str, headers: dict, body: bytes, query: dict) -> tuple:
        table = self._tables.all_values()[0]
        for pk, item in json.loads(body)["changes"]:
            (self._remove_item(table, pk, "1") if item is None else self._set_item(table, pk, "1", item))
        return 200, {}, b"done"

    def ask(self, *changes: tuple[str, Any], **others: str) -> tuple:
        body = json.dumps({"changes": changes, **others}).encode()
        return asyncio.run(self.handle_request("POST", "/", {}, body, {}))


def set_item(table: dict, pk: str, sk: str, item: Any) -> Any:
    before = table["items"].get(pk, {}).get(sk)
    table["items"][pk][sk] = item
    return before


def remove_item(table: dict, pk: str, sk: str) -> Any:
    found = table["items"].get(pk, {})
    before = found.pop(sk, None)
    if not found:
        table["items"].pop(pk, None)
    return before


class S3(SimpleNamespace):
    """An S3 like the emulator's: it answers 200 whether or not the files could be written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(_buckets={"b": {"objects": {}}}, _atomic_write=write_file)
        self.folder = folder / "s3" / "000000000000" / "b"

    def _persist_object(self, bucket: str, key: str, record: dict) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._atomic_write(str(self.folder / key), record["body"])
            self._atomic_write(str(self.folder / f"{key}.meta.json"), "{}", text=True)
            record["body"] = None
        except OSError:
            pass

    def _delete_persisted_object(self, bucket: str, key: str) -> None:
        for name in (key, f"{key}.meta.json"):
            (self.folder / name).unlink(missing_ok=True)

    async def handle_request(self, method: str, path: str, headers: dict, body: bytes, query: dict) -> tuple:
        if method == "PUT":
            bucket, key = path.strip("/").split("/")
            record = self._buckets[bucket]["objects"][key] = {"body": body}
            self._persist_object(bucket, key, record)
        return 200, {}, b""

    def ask(self, method: str, path: str, body: bytes = b"", query: dict | None = None) -> int:
        return asyncio.run(self.handle_request(method, path, {}, body, query or {}))[0]


def write_file(path: str, data: bytes | str, *, text: bool = False) -> None:
    Path(path + ".tmp").write_bytes(data.encode() if isinstance(data, str) else data)
    Path(path + ".tmp").replace(path)


class Sqs(SimpleNamespace):
    def __init__(self) -> None:
        queue = {"url": "http://localhost:4566/0/q", "messages": [], "dedup_cache": {}}
        super().__init__(_queues=Scoped({("0", "us-east-1", queue["url"]): queue}), _queues_lock=Lock())
        self.messages = queue["messages"]

    def load_persisted_state(self, state: dict) -> None:
        self._queues.update(state["queues"])
        self.messages = self._queues.all_values()[0]["messages"]

    async def handle_request(self, method: str, path: str, headers: dict, body: bytes, query: dict) -> tuple:
        if headers["x-amz-target"] == "AmazonSQS.SendMessage":
            self.messages.append({"id": body.decode(), "visible_at": 0, "receive_count": 0, "receipt_handle": None})
        return 200, {}, b""

    def ask(self, action: str, body: str = "") -> int:
        headers = {"x-amz-target": f"AmazonSQS.{action}"}
        return asyncio.run(self.handle_request("POST", "/", headers, body.encode(), {}))[0]


@pytest.fixture
def space(tmp_path: Path) -> Space:
    return Space(tmp_path, for_bodies=0, for_records=0)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state.db")
