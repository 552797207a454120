"""The pages of docs/reference that are made from code are as `make reference` would write them."""

import json
import re

import pytest

from cdk.definition import MachineKind, definition
from docs.reference import configuration, generate
from docs.reference.generate import DOCS, FOLDER, PAGES, PARTS
from docs.state_conditions import describe_condition
from docs.state_drawing import draw
from imgopt.settings import Settings

# What needs the row above to be understood.
LEANING = ("the same", "the above", "as below", "likewise", "its ", "their ", "it ")


@pytest.mark.parametrize("name", PAGES)
def test_page_is_as_it_would_be_written(name):
    assert (FOLDER / name).read_text() == PAGES[name](), "run `make reference`"


@pytest.mark.parametrize("name", PARTS)
def test_part_of_a_page_is_as_it_would_be_written(name):
    text = (DOCS / name).read_text()
    assert text == generate.with_parts(name, text), "run `make reference`"


def test_page_without_marks_for_its_part_is_an_error():
    with pytest.raises(ValueError, match=r"architecture\.md has to have <!-- .* writes: standard machine"):
        generate.with_parts("architecture.md", "# Architecture")


def states_in(states: dict) -> dict[str, dict]:
    """With those of branches."""
    inner = [branch["States"] for state in states.values() for branch in state.get("Branches", ())]
    return states | {name: state for each in inner for name, state in states_in(each).items()}


@pytest.mark.parametrize("kind", MachineKind)
def test_drawing_of_a_machine_has_each_state_and_each_way(kind):
    states = states_in(json.loads(definition(kind))["States"])
    drawing = draw(kind)
    ways = [[*state.get("Choices", ()), *state.get("Catch", ())] for state in states.values()]
    arrows = sum(map(len, ways)) + sum(name in state for state in states.values() for name in ("Next", "Default"))
    beginning_and_end = 2
    assert [name for name in states if not re.search(rf'[\[{{"]{re.escape(name)}[":]', drawing)] == []
    assert len(re.findall(r" (?:-->|-\.->)", drawing)) == arrows + beginning_and_end


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"Variable": "$.taken", "IsPresent": True, "Next": "A"}, "taken"),
        ({"Variable": "$.queue_url", "StringEquals": ""}, "no queue_url"),
        (
            {"And": [{"Variable": "$.a", "IsPresent": True}, {"Variable": "$.a", "BooleanEquals": True}], "Next": "A"},
            "a",
        ),
        (
            {"Or": [{"Variable": "$.a", "BooleanEquals": True}, {"Variable": "$.b", "BooleanEquals": True}]},
            "a or b",
        ),
    ],
)
def test_condition_of_a_state_in_words(condition, words):
    assert describe_condition(condition) == words


@pytest.mark.parametrize("name", states_in(json.loads(definition(MachineKind.STANDARD))["States"]))
def test_state_is_documented(name):
    assert f"| `{name}` |" in (FOLDER / "states.md").read_text()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_has_a_row_with_its_default(name):
    default = Settings.model_fields[name].default
    row = next(row for row in configuration.render().splitlines() if row.startswith(f"| `IMGOPT_{name.upper()}`"))
    assert default in (None, "", ()) or f"| {default} |" in row


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_is_described_without_its_neighbours(name):
    description = Settings.model_fields[name].description
    assert description
    assert description.endswith(".")
    assert not description.lower().startswith(LEANING)
