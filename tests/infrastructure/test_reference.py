"""The pages of docs/reference that are made from code are up to date."""

import argparse
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

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


def without_row(names: Iterable[str], page: Path) -> list[str]:
    """Returns the names that no row of the page's tables begins with."""
    text = page.read_text()
    return [name for name in names if f"| `{name}` |" not in text]


def test_state_is_documented():
    states = states_in(json.loads(definition(MachineKind.STANDARD))["States"])
    assert without_row(states, FOLDER / "states.md") == []


def test_route_is_documented():
    assert without_row(sorted(routes.served()), FOLDER / "routes.md") == []


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


def test_error_is_documented_with_its_status():
    rows = (FOLDER / "errors.md").read_text().splitlines()
    expected = {kind.__name__: f"| {STATUS[kind]}" for kind in KINDS}
    known = {name: next((row for row in rows if f"| `{name}` |" in row), "") for name in expected}
    assert [name for name, beginning in expected.items() if not known[name].startswith(beginning)] == []


def test_statuses_of_the_served_document_are_documented():
    answers = [each["responses"] for item in build_app().openapi()["paths"].values() for each in item.values()]
    refusals = {int(status) for each in answers for status in each if status >= "400"}
    assert refusals <= {*STATUS.values(), *map(int, errors.TEXTS["others"])}


def test_texts_of_errors_are_about_errors_that_there_are():
    assert errors.TEXTS["kinds"].keys() == {kind.__name__ for kind in KINDS}


def test_setting_has_a_row_with_its_default():
    rows = {row.split("`")[1]: row for row in configuration.render().splitlines() if row.startswith("| `IMGOPT_")}
    defaults = {f"IMGOPT_{name.upper()}": field.default for name, field in Settings.model_fields.items()}
    missing = sorted(defaults.keys() - rows.keys())
    assert missing == [], "GROUPS in docs/reference/configuration.py lists the classes of settings"
    told = {name: default for name, default in defaults.items() if default not in (None, "", ())}
    assert [name for name, default in told.items() if f"| {default} |" not in rows[name]] == []


def test_setting_is_described_without_its_neighbours():
    described = {name: field.description or "" for name, field in Settings.model_fields.items()}
    missing = [name for name, text in described.items() if not text]
    assert missing == [], "say by Field(description=...) what the setting is for"
    assert [name for name, text in described.items() if not text.endswith(".")] == []
    assert [name for name, text in described.items() if text.lower().startswith(LEANING)] == []


def test_target_of_make_is_documented():
    assert without_row([f"make {name}" for name in read_targets()], DOCS / "development.md") == []


def test_targets_of_make_all_say_what_they_do():
    """Targets for files that others need are the exception."""
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert read_targets().keys() == set(phony[1].split())


def test_key_of_the_context_is_documented():
    """The table of options has the key, or a section about delivery."""
    text = (DOCS / "deployment.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("|")]
    missing = [key for key in KEYS if not any(f"`{key}`" in row for row in rows) and f"-c {key}=" not in text]
    assert missing == []


def options_in(parser: argparse.ArgumentParser, words: str = "") -> Iterator[tuple[str, str]]:
    """Yields each option with its command. "" in place of an option is the command itself."""
    for action in parser._actions:
        yield from ((words, option) for option in action.option_strings if option not in SHARED)
        for name, inner in action.choices.items() if isinstance(action, argparse._SubParsersAction) else ():
            yield name, ""
            yield from options_in(inner, name)


def test_option_of_the_command_line_is_documented():
    text = (FOLDER / "cli.md").read_text()

    def is_documented(command: str, option: str) -> bool:
        section = text.partition(f"## imgopt {command}\n")[2].partition("\n## ")[0] if command else text
        return bool(section) and (not option or f"`{option}`" in section or f"`{option} " in section)

    options = sorted(set(options_in(build_parsers()[0])))
    assert [each for each in options if not is_documented(*each)] == []


def test_options_of_all_commands_are_documented():
    section = (FOLDER / "cli.md").read_text().partition("## All commands\n")[2].partition("\n## ")[0]
    assert [option for option in SHARED if f"`{option}" not in section] == []
