"""docs/data-model.md names all kinds of items and files."""

import json
import re
from datetime import timedelta

import pytest

from docs.item_kinds import find_kinds
from docs.reference import data_model
from docs.reference.generate import DOCS
from imgopt.storage.due_index import Part

PAGE = (DOCS / "data-model.md").read_text()
# How the keys of objects begin that functions may touch, as policies name them beside the table's indexes.
OBJECTS = re.compile(r'"/(?!index/)([a-z]+/)[^"]*"')


def test_kind_of_items_is_documented():
    assert [kind for kind in find_kinds() if f"| `{kind}#" not in PAGE] == []


def test_kind_that_is_not_documented_is_an_error(monkeypatch):
    monkeypatch.setattr(data_model, "find_kinds", lambda: {**find_kinds(), "EXAMPLE": ["imgopt.example"]})
    with pytest.raises(ValueError, match="list exactly the kinds of items in the code: EXAMPLE"):
        data_model.render_items()


def test_kinds_that_roles_name_are_found(resources):
    """Whatever a function may touch is known by its key."""
    policies = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::IAM::Policy"]
    named = set(re.findall(r'"([A-Z_]+)#\*"', json.dumps(policies)))
    assert len(named) > 15
    assert named <= find_kinds().keys()


def test_folders_that_roles_name_are_documented(resources):
    policies = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::IAM::Policy"]
    named = set(OBJECTS.findall(json.dumps(policies)))
    assert named == data_model.TEXTS["folders"].keys()


@pytest.mark.parametrize("name", data_model.TEXTS["folders"])
def test_folder_is_documented(name):
    assert f"| `{name}<" in PAGE


def test_days_of_variants_are_those_of_the_bucket(of_type):
    rules = [
        rule
        for bucket in of_type("AWS::S3::Bucket").values()
        for rule in bucket.get("LifecycleConfiguration", {}).get("Rules", ())
    ]
    (days,) = {rule["ExpirationInDays"] for rule in rules if rule.get("Prefix") == "variants/"}
    assert f"A lifecycle rule, {days} days later" in PAGE


@pytest.mark.parametrize("part", Part)
def test_part_of_the_agenda_is_documented(part):
    assert f"`{part}#n`" in PAGE


def test_indexes_are_documented(of_type):
    (table,) = of_type("AWS::DynamoDB::Table").values()
    assert {each["IndexName"] for each in table["GlobalSecondaryIndexes"]} == set(
        re.findall(r"^\| `(agenda|owned)` \|", PAGE, re.MULTILINE)
    )


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(days=8), "8 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=3), "3 hours"),
        (timedelta(minutes=10), "10 minutes"),
        ({"day": timedelta(days=8), "month": timedelta(days=400)}, "8 days for a day, 400 days for a month"),
        (600, "600"),
    ],
)
def test_time_that_the_code_has_in_words(time, words):
    assert data_model.describe_time(time) == words
