"""Items of several modules, read in one request."""

import pytest

from imgopt.storage import lookups, table
from imgopt.storage.lookups import Lookup

ONE, OTHER, MISSING = (table.key("THING", name) for name in ("one", "other", "missing"))


def numbers(items: list[table.Item]) -> list[int]:
    return [item["number"] for item in items]


@pytest.fixture
def asked(monkeypatch) -> list[list[table.Item]]:
    """The keys of each request; two of the items exist, and are answered in no order."""
    requests: list[list[table.Item]] = []

    def get_many(keys: list[table.Item]) -> list[table.Item]:
        requests.append(keys)
        return [{**OTHER, "number": 2}, {**ONE, "number": 1}]

    monkeypatch.setattr(table, "get_many", get_many)
    return requests


def test_lookups_are_read_by_one_request_that_names_each_item_once(asked):
    first, second = Lookup([ONE, MISSING], numbers), Lookup([OTHER, ONE], numbers)
    found = lookups.read_all(first, second)
    assert (first.take(found), second.take(found)) == ([1], [2, 1])
    assert asked == [[ONE, MISSING, OTHER]]


def test_lookup_of_one_item_gets_an_empty_one_where_there_is_none(asked):
    assert lookups.of_one(MISSING, dict).read() == {}


def test_lookup_goes_on_from_what_another_makes(asked):
    assert Lookup([ONE, OTHER], numbers).then(sum).read() == 3
