"""The README keeps up with the code."""

import re
from pathlib import Path

import pytest

from imgopt.codecs.formats import FORMATS
from imgopt.metrics import Metric
from imgopt.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
METRICS = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)
MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_is_documented_with_its_default(name):
    default = Settings.model_fields[name].default
    row = row_of(f"`IMGOPT_{name.upper()}`")
    assert row, f"no table of README.md has `IMGOPT_{name.upper()}`"
    assert not default or f"| {default} |" in row


def row_of(text: str) -> str:
    return next((line for line in README.splitlines() if line.startswith("|") and text in line), "")


@pytest.mark.parametrize("each", FORMATS.values(), ids=lambda each: each.name)
def test_format_is_documented(each):
    assert re.search(rf"\b{each.label}\b", row_of("into the service"))
    assert not each.encode or re.search(rf"\b{each.label}\b", row_of("out of it"))
    assert not each.encode or f"`{each.name}`" in row_of("`output_format`")


@pytest.mark.parametrize(
    ("page", "some"),
    [("README.md", {"demo", "up", "test", "lint", "deploy"}), ("docs/deployment.md", {"check-account", "bootstrap"})],
)
def test_a_page_names_only_targets_that_there_are(page, some):
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / page).read_text(), re.MULTILINE))
    assert some <= named <= targets


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)]+)\)", README))
def test_links_lead_somewhere(link):
    assert (ROOT / link).exists()


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_links_of_a_page_lead_somewhere(page):
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text())]
    inside = [link for link in links if link and "://" not in link]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_readme_leads_to_every_recipe():
    pages = (ROOT / "docs" / "recipes").glob("*.md")
    assert [page.name for page in pages if f"(docs/recipes/{page.name})" not in README] == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_files_that_a_page_names_are_there(page):
    named = re.findall(r"`((?:benchmarks|cdk|functions|imgopt_client|layers|local|tests)/[\w./-]+)`", page.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_tests_that_a_page_names_are_there(page):
    named = re.findall(r"`(?:tests/)?([\w/]*test_\w+\.py)(?:::(test_\w+))?`", page.read_text())
    assert [f"{file}::{test}" for file, test in named if not is_there(ROOT / "tests" / file, test)] == []


def is_there(file: Path, test: str) -> bool:
    return file.exists() and (not test or f"def {test}(" in file.read_text())


@pytest.mark.parametrize("metric", Metric)
def test_metric_is_documented(metric):
    assert metric.value in METRICS, "docs/operations.md has a table of metrics"
