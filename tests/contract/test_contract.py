"""The served document has everything that the published contract promises. It may have more."""

import json
from copy import deepcopy
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


# The contract promises JSON of every answer. These are files and streams: generated clients need the truth.
NO_JSON = frozenset({"/download", "/download/{job_id}", "/status/stream", "/status/{job_id}/stream"})


def missing(promised: Any, served: Any, where: str = "") -> list[str]:
    """Returns the promised parts that the served document lacks, by path."""
    if isinstance(promised, dict) and isinstance(served, dict):
        lacks = [f"{where}/{key}" for key in promised if key not in served and key not in PROSE]
        both = [key for key in promised if key in served and not is_prose(key, promised[key])]
        return lacks + [lack for key in both for lack in missing(promised[key], served[key], f"{where}/{key}")]
    if are_objects(promised) and are_objects(served) and len(promised) == len(served):
        pairs = enumerate(zip(promised, served, strict=True))
        return [lack for number, pair in pairs for lack in missing(*pair, f"{where}/{number}")]
    return [] if promised == served else [f"{where}: {promised!r} != {served!r}"]


def are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def is_prose(key: str, value: Any) -> bool:
    return key in PROSE and isinstance(value, str)


def test_the_contract_has_41_operations_and_23_schemas():
    assert (len(OPERATIONS), len(CONTRACT["components"]["schemas"])) == (41, 23)


def promise_of(path: str, method: str) -> dict[str, Any]:
    """The contract names some tags twice, which generators take for two groups."""
    promised = deepcopy(CONTRACT["paths"][path][method])
    if path in NO_JSON and method == "get":
        del promised["responses"]["200"]["content"]
    return {**promised, "tags": list(dict.fromkeys(promised.get("tags", ())))}


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_an_operation_is_served_as_promised(path, method):
    assert missing(promise_of(path, method), SERVED["paths"].get(path, {}).get(method, {})) == []


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
