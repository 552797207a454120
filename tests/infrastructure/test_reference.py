"""The pages of docs/reference that are made from code are up to date."""

import argparse
import json
import re
from collections.abc import Iterator

import pytest

from cdk.context import KEYS
from cdk.definition import MachineKind, definition
from cdk.paths import ROOT
from docs.reference import configuration, errors, generate, routes
from docs.reference.callers import COLUMNS, TABLE, read_callers
from docs.reference.cli import SHARED
from docs.reference.generate import DOCS, FOLDER, PAGES, PARTS
from docs.state_conditions import describe_condition
from docs.state_drawing import draw
from docs.targets import read_targets
from functions.api.app import build_app
from functions.api.errors import STATUS
from imgopt.errors import KINDS
from imgopt.settings import Settings
from imgopt_client.arguments import build_parsers

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
    with pytest.raises(ValueError, match=r"architecture\.md must contain <!-- .* writes: standard machine"):
        generate.with_parts("architecture.md", "# Architecture")


def states_in(states: dict) -> dict[str, dict]:
    """Returns all states, with those of branches."""
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
    assert len(re.findall(r" (?:--+>|-\.->)", drawing)) == arrows + beginning_and_end


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


@pytest.mark.parametrize("name", sorted(routes.served()))
def test_route_is_documented(name):
    assert f"| `{name}` |" in (FOLDER / "routes.md").read_text()


def test_route_that_is_not_documented_is_an_error(monkeypatch):
    monkeypatch.setattr(routes, "GROUPS", {title: {} for title in routes.GROUPS})
    with pytest.raises(ValueError, match=r"must list each route that is served, once: DELETE /account"):
        routes.render()


def test_callers_of_routes_are_those_of_the_table_of_tests():
    known = read_callers()
    assert known["POST /auto"] == "user, guest"
    assert known["POST /api-keys"] == "user by JWT"
    assert known["POST /internal/cleanup"] == "scheduler"
    assert known["GET /status/{job_id}"] == "all"


def test_columns_of_callers_are_those_of_the_table_of_tests():
    assert f"operation resource {' '.join(COLUMNS)}" in " ".join(TABLE.read_text().split())


@pytest.mark.parametrize("kind", sorted(KINDS, key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__)
def test_error_is_documented_with_its_status(kind):
    status = STATUS[kind]
    row = next(row for row in (FOLDER / "errors.md").read_text().splitlines() if f"| `{kind.__name__}` |" in row)
    assert row.startswith(f"| {status}")


def test_statuses_of_the_served_document_are_documented():
    answers = [each["responses"] for item in build_app().openapi()["paths"].values() for each in item.values()]
    refusals = {int(status) for each in answers for status in each if status >= "400"}
    assert refusals <= {*STATUS.values(), *map(int, errors.TEXTS["others"])}


def test_texts_of_errors_are_about_errors_that_there_are():
    assert errors.TEXTS["kinds"].keys() == {kind.__name__ for kind in KINDS}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_has_a_row_with_its_default(name):
    default = Settings.model_fields[name].default
    rows = [row for row in configuration.render().splitlines() if row.startswith(f"| `IMGOPT_{name.upper()}`")]
    assert rows, "GROUPS in docs/reference/configuration.py lists the classes of settings"
    row = rows[0]
    assert default in (None, "", ()) or f"| {default} |" in row


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_is_described_without_its_neighbours(name):
    description = Settings.model_fields[name].description
    assert description, "say by Field(description=...) what the setting is for"
    assert description.endswith(".")
    assert not description.lower().startswith(LEANING)


@pytest.mark.parametrize("name", read_targets())
def test_target_of_make_is_documented(name):
    assert f"| `make {name}` |" in (DOCS / "development.md").read_text()


def test_targets_of_make_all_say_what_they_do():
    """Targets for files that others need are the exception."""
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert read_targets().keys() == set(phony[1].split())


@pytest.mark.parametrize("key", KEYS)
def test_key_of_the_context_is_documented(key):
    """The table of options has the key, or a section about delivery."""
    text = (DOCS / "deployment.md").read_text()
    assert re.search(rf"^\|.*`{key}`.*\|", text, re.MULTILINE) or f"-c {key}=" in text


def options_in(parser: argparse.ArgumentParser, words: str = "") -> Iterator[tuple[str, str]]:
    """Yields each option with its command. "" in place of an option is the command itself."""
    for action in parser._actions:
        yield from ((words, option) for option in action.option_strings if option not in SHARED)
        for name, inner in action.choices.items() if isinstance(action, argparse._SubParsersAction) else ():
            yield name, ""
            yield from options_in(inner, name)


@pytest.mark.parametrize(("command", "option"), sorted(set(options_in(build_parsers()[0]))))
def test_option_of_the_command_line_is_documented(command, option):
    text = (FOLDER / "cli.md").read_text()
    section = text.partition(f"## imgopt {command}\n")[2].partition("\n## ")[0] if command else text
    assert section
    assert not option or re.search(rf"`{re.escape(option)}[` ]", section)


def test_options_of_all_commands_are_documented():
    section = (FOLDER / "cli.md").read_text().partition("## All commands\n")[2].partition("\n## ")[0]
    assert [option for option in SHARED if f"`{option}" not in section] == []
