"""The served document against the published contract: what is promised is served; more may be."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.served import served_app

CONTRACT = json.loads(Path(__file__).with_name("openapi.json").read_text())
SERVED = served_app().openapi()
OPERATIONS = [(path, method) for path, methods in CONTRACT["paths"].items() for method in methods]
PROSE = frozenset({"description", "summary"})
# What clients choose from, and never get: there may be more to choose.
CHOICES = frozenset({"OutputFormat", "ResizeBehavior"})


def missing(promised: Any, served: Any, where: str = "") -> list[str]:
    """What the served part lacks of the promised, by path."""
    if isinstance(promised, dict) and isinstance(served, dict):
        lacks = [f"{where}/{key}" for key in promised if key not in served and key not in PROSE]
        both = [key for key in promised if key in served and not is_prose(key, promised[key])]
        return lacks + [lack for key in both for lack in missing(promised[key], served[key], f"{where}/{key}")]
    return [] if promised == served else [f"{where}: {promised!r} != {served!r}"]


def is_prose(key: str, value: Any) -> bool:
    return key in PROSE and isinstance(value, str)


def test_the_contract_has_41_operations_and_23_schemas():
    assert (len(OPERATIONS), len(CONTRACT["components"]["schemas"])) == (41, 23)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_an_operation_is_served_as_promised(path, method):
    assert missing(CONTRACT["paths"][path][method], SERVED["paths"].get(path, {}).get(method, {})) == []


@pytest.mark.parametrize("name", sorted(CONTRACT["components"]["schemas"].keys() - CHOICES))
def test_a_schema_is_served_as_promised(name):
    assert missing(CONTRACT["components"]["schemas"][name], SERVED["components"]["schemas"].get(name, {})) == []


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_choices_have_all_that_is_promised(name):
    promised, served = (each["components"]["schemas"][name] for each in (CONTRACT, SERVED))
    assert missing(promised, {**served, "enum": served["enum"][: len(promised["enum"])]}) == []


@pytest.mark.parametrize("name", CONTRACT["components"]["schemas"])
def test_required_fields_are_those_of_the_contract(name):
    promised = CONTRACT["components"]["schemas"][name].get("required", [])
    assert set(SERVED["components"]["schemas"][name].get("required", [])) == set(promised)
