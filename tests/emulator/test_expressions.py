"""Expressions that the emulator parses once, and copies of items."""

import copy

import pytest
from ministack.services import dynamodb

from local.emulator import expressions
from local.emulator.expressions import copy_json

ITEM = {"PK": {"S": "a"}, "list": {"L": [{"N": "1"}, {"BOOL": True}]}, "map": {"M": {"x": {"NULL": True}}}}
CONDITION = "attribute_exists(PK) AND #status = :queued"


@pytest.fixture
def reading_once(monkeypatch):
    for name in ("_tokenize", "_condition_syntax_error", "copy"):
        monkeypatch.setattr(dynamodb, name, getattr(dynamodb, name))
    expressions.parse_expressions_once()


def holds(status: str) -> bool:
    item = {"PK": {"S": "a"}, "status": {"S": status}}
    return dynamodb._evaluate_condition(CONDITION, item, {":queued": {"S": "queued"}}, {"#status": "status"})


def test_a_condition_is_read_once_and_judged_for_each_item(reading_once):
    assert [holds(status) for status in ("queued", "failed", "queued")] == [True, False, True]
    assert dynamodb._tokenize.cache_info().misses == 1
    assert dynamodb._condition_syntax_error.cache_info().misses == 1


def test_a_wrong_condition_is_refused_each_time(reading_once):
    for _ in range(2):
        with pytest.raises(ValueError, match="Syntax error"):
            dynamodb._evaluate_condition("PK = = :a", ITEM, {":a": {"S": "a"}}, {})


def test_an_update_changes_a_copy(reading_once):
    changed, names = dynamodb._apply_update_expression(ITEM, "SET #m.x = :a", {":a": {"S": "b"}}, {"#m": "map"})
    assert changed["map"] == {"M": {"x": {"S": "b"}}}
    assert ITEM["map"] == {"M": {"x": {"NULL": True}}}
    assert names == {("map", "x")}


def test_a_copy_of_an_item_shares_nothing_that_can_be_changed():
    copied = copy_json(ITEM)
    assert copied == ITEM
    copied["list"]["L"][0]["N"] = "2"
    assert ITEM["list"]["L"][0] == {"N": "1"}


def test_other_things_are_copied_as_python_does():
    original = {"set": {1, 2}, "bytes": b"a", "tuple": ([1],)}
    copied = copy_json(original)
    assert copied == copy.deepcopy(original)
    assert copied["tuple"][0] is not original["tuple"][0]
