from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from imgopt.errors import Unavailable
from imgopt.storage import table, transactions
from imgopt.storage.transactions import ConditionFailed, change_item, create_item, put_anew, write_all

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY, OTHER = table.key("THING", "1"), table.key("THING", "2")


class Busy:
    """DynamoDB that is asked too often: cancels so many transactions for a reason before it makes one."""

    def __init__(self, code: str, times: int) -> None:
        self.code, self.times, self.tokens = code, times, []

    def transact_write_items(self, **request: object) -> None:
        self.tokens.append(request["ClientRequestToken"])
        if len(self.tokens) <= self.times:
            reasons = [{"Code": "None"}, {"Code": self.code}]
            error = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(error, "TransactWriteItems")


@pytest.fixture
def busy(environment, monkeypatch):
    def make(code: str, times: int) -> Busy:
        client = Busy(code, times)
        monkeypatch.setattr(transactions, "dynamodb", lambda: client)
        monkeypatch.setattr(transactions, "FIRST_PAUSE", 0)
        return client

    return make


@pytest.mark.usefixtures("aws")
def test_writes_are_all_made_or_none():
    write_all([create_item({**KEY, "size": 1})])
    with pytest.raises(ConditionFailed):
        write_all([create_item({**OTHER, "size": 2}), create_item({**KEY, "size": 3})])
    assert (table.get(OTHER), table.get(KEY)["size"]) == (None, 1)


@pytest.mark.usefixtures("aws")
def test_a_change_sets_and_adds_where_its_condition_holds():
    write_all([change_item(KEY, sets={"status": "new"}, adds={"size": 5})])
    write_all([change_item(KEY, sets={"status": "old"}, adds={"size": 2}, where="#size <= :most", values={"most": 5})])
    with pytest.raises(ConditionFailed):
        write_all([change_item(KEY, adds={"size": 2}, where="#size <= :most", values={"most": 5})])
    assert table.get(KEY) == {**KEY, "status": "old", "size": 7}


@pytest.mark.usefixtures("aws")
def test_an_item_may_be_written_anew_when_its_time_is_over():
    ends = int(NOON.timestamp())
    table.put({**KEY, "ttl": ends + 1})
    with pytest.raises(ConditionFailed):
        write_all([put_anew({**KEY, "ttl": ends + 9}, NOON)])
    table.put({**KEY, "ttl": ends})
    write_all([put_anew({**KEY, "ttl": ends + 9}, NOON), put_anew({**OTHER, "ttl": ends}, NOON)])
    assert table.get(KEY)["ttl"] == ends + 9


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError"])
def test_writes_that_others_were_in_the_way_of_are_tried_again_as_the_same_request(busy, code):
    client = busy(code, times=3)
    write_all([])
    assert len(client.tokens) == 4
    assert len(set(client.tokens)) == 1


def test_two_requests_are_not_the_same(busy):
    client = busy("None", times=0)
    write_all([])
    write_all([])
    assert len(set(client.tokens)) == 2


def test_writes_that_others_are_always_in_the_way_of_are_given_up(busy):
    client = busy("TransactionConflict", times=1000)
    with pytest.raises(Unavailable):
        write_all([])
    assert len(client.tokens) == transactions.ATTEMPTS


@pytest.mark.parametrize(
    ("code", "error"), [("ConditionalCheckFailed", ConditionFailed), ("ValidationError", ClientError)]
)
def test_writes_that_can_not_be_made_are_not_tried_again(busy, code, error):
    client = busy(code, times=1000)
    with pytest.raises(error):
        write_all([])
    assert len(client.tokens) == 1
