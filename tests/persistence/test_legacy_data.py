import json

from local.persistence import legacy_data
from tests.persistence.conftest import TABLE

OLD = "http://localhost:39211/000000000000/callbacks"
NEW = "http://localhost:4566/000000000000/callbacks"


def write(folder, name: str, payload: dict) -> None:
    path = folder / "state" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"__ministack_format__": 2, "payload": payload}))


def test_legacy_data_lose_the_old_port_but_in_what_clients_gave(tmp_path):
    write(tmp_path, "sqs", {"queues": {OLD: {"url": OLD}}, "else": "http://localhost:39211/page"})
    write(tmp_path, "dynamodb", {"callback": OLD})
    write(tmp_path, "stepfunctions", {"executions": {"running": 1}, "tags": {}})
    write(tmp_path, "cloudwatch_logs", {"log_groups": {}})
    assert legacy_data.is_there(tmp_path)
    assert dict(legacy_data.states_in(tmp_path, None)) == {
        "sqs": {"queues": {NEW: {"url": NEW}}, "else": "http://localhost:39211/page"},
        "dynamodb": {"callback": OLD},
        "stepfunctions": {"tags": {}},
    }
    legacy_data.remove(tmp_path)
    assert not legacy_data.is_there(tmp_path)


def test_items_are_all_taken_over():
    table = {"TableArn": TABLE, "items": {"a": {"1": {"n": {"N": "1"}}, "2": {}}}}
    assert legacy_data.records_of([table]) == {(TABLE, "a", "1"): '{"n":{"N":"1"}}', (TABLE, "a", "2"): "{}"}
