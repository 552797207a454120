import pytest

from local.persistence.journal import Journal
from local.persistence.records import Records
from tests.persistence.conftest import TABLE, DynamoDb

ITEM, OTHER = {"pk": {"S": "a"}}, {"pk": {"S": "a"}, "n": {"N": "1"}}


@pytest.fixture
def dynamodb(journal, space) -> DynamoDb:
    dynamodb = DynamoDb()
    Records(dynamodb, journal, space, lambda: None).install()
    return dynamodb


def restarted(tmp_path, space) -> DynamoDb:
    dynamodb = DynamoDb()
    Records(dynamodb, Journal(tmp_path / "state.db"), space, lambda: None).restore()
    return dynamodb


def test_answered_writes_are_there_after_a_restart(dynamodb, tmp_path, space):
    dynamodb.ask(("a", ITEM), ("b", ITEM), ("a", OTHER), ("b", None))
    assert dynamodb.ask(("c", ITEM))[0] == 200
    assert restarted(tmp_path, space).items == {"a": {"1": OTHER}, "c": {"1": ITEM}} == dynamodb.items


def test_requests_are_a_commit_each_and_reads_are_none(dynamodb, journal):
    dynamodb.ask(("a", ITEM), ("b", ITEM))
    dynamodb.ask()
    assert journal.written == 1


def test_writes_refused_by_the_disk_have_not_happened(dynamodb, space, tmp_path):
    dynamodb.ask(("a", ITEM), ("b", ITEM))
    space.for_records = 10**18
    status, headers, _ = dynamodb.ask(("a", OTHER), ("a", None), ("c", ITEM), ("b", None), ClientRequestToken="token")
    assert (status, headers["x-amzn-errortype"]) == (507, "InsufficientStorage")
    assert dynamodb.items == {"a": {"1": ITEM}, "b": {"1": ITEM}} == restarted(tmp_path, space).items
    assert dynamodb._txn_idempotency._data == {}  # or else a repeat would count as done
    space.for_records = 0
    assert dynamodb.ask(("a", OTHER))[0] == 200
    assert restarted(tmp_path, space).items["a"] == {"1": OTHER}


def test_a_full_disk_is_said_once_until_there_is_room_again(dynamodb, space, capsys):
    for needed in (10**18, 10**18, 0, 10**18):
        space.for_records = needed
        dynamodb.ask(("a", OTHER))
    assert capsys.readouterr().out.count("not stored") == 2


def test_stacks_are_saved_before_the_items_of_their_tables(journal, space):
    dynamodb, saved = DynamoDb(), []
    Records(dynamodb, journal, space, lambda: saved.append(dict(journal.records()))).install()
    dynamodb.ask(("a", ITEM))
    assert saved == [{}]


def test_items_of_a_table_that_is_gone_are_left_out(journal, space, tmp_path):
    journal.write({("arn:of:another", "a", "1"): "{}", (TABLE, "a", "1"): "{}"}, {})
    assert restarted(tmp_path, space).items == {"a": {"1": {}}}
