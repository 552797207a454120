"""Figures in documents name their command and date. Costs are those that the command prints."""

import re

import pytest

from benchmarks.costs import CHARGES, IMAGES, STANDING, total
from cdk.paths import ROOT
from docs.targets import read_targets

PAGES = ("README.md", "docs/measurements.md", "docs/costs.md")
CODE = re.compile(r"```.*?```", re.DOTALL)
# Amounts, times, sizes, shares, and cells of tables that are numbers.
FIGURE = re.compile(r"\$\d|\b\d[\d.,]* ?(?:s|ms|seconds|kB|MB|GB|%)(?!\w)|\| \d[\d.,]* [|/]|\babout two seconds")
# Of the example, which tests/e2e/test_readme.py runs.
OF_THE_EXAMPLE = "126 kB instead of 669 kB"
COMMAND = re.compile(r"`make ([a-z-]+)")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DATE = re.compile(rf"\b\d{{1,2}}\s(?:{MONTHS})\s20\d\d\b")


def sections_of(page: str) -> list[str]:
    """Returns the sections with figures. A title without its own section stands for the sections below it."""
    text = CODE.sub("", (ROOT / page).read_text()).replace(OF_THE_EXAMPLE, "")
    return [section for section in re.split(r"^## ", text, flags=re.MULTILINE) if FIGURE.search(section)]


SECTIONS = [(page, section) for page in PAGES for section in sections_of(page)]


def name_of(value: object) -> str:
    return str(value).partition("\n")[0]


def test_pages_have_figures():
    assert {page for page, _ in SECTIONS} == {*PAGES}


@pytest.mark.parametrize(("page", "section"), [each for each in SECTIONS if each[0] != "docs/costs.md"], ids=name_of)
def test_figures_have_a_command_that_there_is_and_a_date(page, section):
    commands = COMMAND.findall(section)
    assert commands
    assert set(commands) <= read_targets().keys()
    assert DATE.search(section)


def test_costs_have_a_command_and_a_date_once_for_the_page():
    introduction = (ROOT / "docs" / "costs.md").read_text().partition("## ")[0]
    assert "make costs" in introduction
    assert DATE.search(introduction)


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("README.md", r"photos cost about \$(?P<image>[\d.]+), and a month without requests \$(?P<month>[\d.]+)"),
        ("docs/tutorial.md", r"month without requests costs \$(?P<month>[\d.]+)"),
    ],
)
def test_costs_that_a_page_tells_are_what_is_printed(page, told):
    sums = {"image": IMAGES * total(CHARGES), "month": total(STANDING)}
    found = re.search(told, (ROOT / page).read_text())
    assert found
    assert {name: f"{sums[name]:.2f}" for name in found.groupdict()} == found.groupdict()
