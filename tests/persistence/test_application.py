"""The emulator with its state in a folder, from start to end."""

import asyncio
import re
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from local.emulator import launch
from local.persistence import application
from local.persistence.application import Persistence, hold, persistent
from local.persistence.journal import NotStored
from local.persistence.services import Services
from tests.persistence.conftest import CODEC, S3, TABLE, DynamoDb, Scoped, Sqs

ITEM = {"pk": {"S": "a"}}
NAMES = ("dynamodb", "s3", "sqs", "cognito", "secretsmanager", "cloudformation")


class Plain(SimpleNamespace):
    def get_state(self) -> dict:
        return {"value": self.value}

    def load_persisted_state(self, state: dict) -> None:
        self.value = state["value"]

    async def handle_request(self, *_: object) -> tuple:
        return 200, {}, b""


class Tables(DynamoDb):
    def load_persisted_state(self, state: dict) -> None:
        self._tables.update(state["tables"])


class Buckets(S3, Plain):
    def get_state(self) -> dict:
        return {"buckets_meta": Scoped({("000000000000", "b"): {}})}

    def load_persisted_state(self, state: dict) -> None:
        """Loads nothing, since the buckets exist already."""


def emulator(folder) -> SimpleNamespace:
    modules = {
        **{"dynamodb": Tables(), "s3": Buckets(folder), "sqs": Sqs(), "cognito": Plain(value=0)},
        **{"secretsmanager": Plain(value=0), "cloudformation": Plain(value=0, _stacks=Scoped())},
    }
    for table in modules["dynamodb"]._tables.all_values():
        table["items"].clear()
    return SimpleNamespace(_get_module=modules.__getitem__, _state_map={name: name for name in NAMES}, modules=modules)


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Another emulator on the same folder, after the previous one was killed."""
    monkeypatch.setattr(application, "LOCK_SECONDS", 0)
    monkeypatch.setattr("local.persistence.disk_space.FOR_BODIES", 0)
    running: list[Persistence] = []

    def start() -> tuple[SimpleNamespace, Persistence]:
        for each in running:
            each.lock.close()
        persistence, found = Persistence(tmp_path), emulator(tmp_path)
        running.append(persistence)
        persistence.bind(found, CODEC)
        return found, persistence

    return start


def test_the_first_item_of_a_table_is_never_without_its_table(start):
    found, _ = start()
    found._get_module("cloudformation").value = 7  # a deployment, of which nothing is saved yet
    found._get_module("dynamodb").ask(("a", ITEM))
    again, _ = start()
    assert again.modules["cloudformation"].value == 7
    assert again.modules["dynamodb"].items == {"a": {"1": ITEM}}


def test_bodies_that_have_a_bucket_stay_and_others_go(start, tmp_path):
    found, persistence = start()
    found._get_module("s3").ask("PUT", "/b/key", b"data")
    persistence.save()
    stray = tmp_path / "s3" / "000000000000" / "gone" / "key"
    stray.parent.mkdir()
    stray.write_text("")
    start()
    assert (found.modules["s3"].folder / "key").read_bytes() == b"data"
    assert not stray.exists()


def test_state_of_services_is_saved_while_the_emulator_runs_and_as_it_ends(start, monkeypatch):
    monkeypatch.setattr(application, "SAVE_INTERVAL", 0.01)
    found, persistence = start()

    async def run() -> None:
        async def serve(*_: object) -> None:
            found._get_module("cognito").value = 5
            while persistence.journal.written == 0:
                await asyncio.sleep(0.01)

        await persistent(serve, persistence)({"type": "lifespan"}, None, None)

    asyncio.run(run())
    found._get_module("cognito").value = 6
    assert launch.finish(persistence) == 0
    again, _ = start()
    assert again.modules["cognito"].value == 6


def test_failed_save_at_the_end_is_reported(start, capsys, monkeypatch):
    found, persistence = start()
    found._get_module("cognito").value = 5

    def refuse(*_: object) -> None:
        raise NotStored("database or disk is full")

    monkeypatch.setattr(persistence.journal, "write", refuse)
    assert launch.finish(persistence) == launch.NOT_SAVED
    assert capsys.readouterr().out == "not saved: database or disk is full\n"


def test_a_save_that_fails_is_said_once_and_tried_again(start, capsys, monkeypatch):
    monkeypatch.setattr(application, "SAVE_INTERVAL", 0)
    _, persistence = start()
    tries = []

    def refuse() -> None:
        tries.append(1)
        if len(tries) > 3:
            raise KeyboardInterrupt
        raise NotStored("full")

    monkeypatch.setattr(persistence, "save", refuse)
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(persistence.keep_saving())
    assert capsys.readouterr().out == "not saved: full\n"


def test_two_never_write_to_one_folder(tmp_path):
    with hold(tmp_path / "state.lock", 0), pytest.raises(NotStored, match="another emulator"):
        hold(tmp_path / "state.lock", 0)


def test_data_of_an_earlier_version_are_taken_over_once(start, tmp_path, monkeypatch):
    table = {"TableArn": TABLE, "items": {"a": {"1": ITEM}}}
    states = [("dynamodb", {"tables": Scoped({("0", "us-east-1", "t"): table})}), ("cognito", {"value": 3})]
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "dynamodb.json").write_text("{}")
    monkeypatch.setattr("local.persistence.legacy_data.states_in", lambda *_: iter(states))
    start()
    assert not (tmp_path / "state" / "dynamodb.json").exists()
    again, _ = start()
    assert (again.modules["dynamodb"].items, again.modules["cognito"].value) == ({"a": {"1": ITEM}}, 3)


def test_a_process_that_dies_while_it_takes_data_over_begins_again(start, tmp_path, monkeypatch):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "dynamodb.json").write_text("{}")
    monkeypatch.setattr("local.persistence.legacy_data.states_in", lambda *_: iter([("cognito", {"value": 3})]))
    with monkeypatch.context() as patch, pytest.raises(NotStored):
        patch.setattr(Services, "save_touched", refuse)
        start()
    again, _ = start()
    assert again.modules["cognito"].value == 3


def refuse(_: Services) -> None:
    raise NotStored("killed")


NEEDED = {
    "dynamodb": {"_set_item", "_remove_item", "_items_replaced", "handle_request", "_tables", "_txn_idempotency"},
    "s3": {"_atomic_write", "_persist_object", "_delete_persisted_object", "_buckets", "handle_request"},
    "sqs": {"_queues", "_queues_lock", "handle_request"},
    "lambda_svc": {"_functions", "_layers", "_esms", "_function_urls", "_kinesis_positions"},
}


@pytest.mark.parametrize("name", NEEDED)
def test_names_that_are_replaced_or_kept_exist_in_the_emulator(name):
    """If the emulator changes a name, our replacement would have no effect."""
    source = Path(find_spec(f"ministack.services.{name}").origin).read_text()
    assert NEEDED[name] <= set(re.findall(r"^(?:(?:async )?def )?(\w+)", source, re.MULTILINE))
