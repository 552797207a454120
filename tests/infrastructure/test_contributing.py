"""CONTRIBUTING.md names existing files and tests."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
FOLDERS = "benchmarks|cdk|docs|functions|gpu_container|imgopt_client|layers|local|statemachine|tests"
CODE = "\n".join(
    path.read_text()
    for folder in ("cdk", "docs", "functions", "imgopt_client", "layers/domain", "supply_chain", "tests")
    for path in (ROOT / folder).rglob("*.py")
)
# Names that stand for others, and Python's own.
EXAMPLES = {"IMGOPT_NAME", "VerifyFunctionArn", "ValueError"}
TESTS = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("name", sorted(set(re.findall(rf"`((?:{FOLDERS})/[\w./-]+)`", PAGE))))
def test_file_that_the_page_names_is_there(name):
    assert (ROOT / name).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)(?:\[[^`]*\])?`", PAGE))))
def test_test_that_the_page_names_is_there(name):
    assert f"def {name}(" in TESTS


@pytest.mark.parametrize("row", [row for row in PAGE.splitlines() if row.startswith("|") and "`test_" in row])
def test_sentence_that_a_test_says_by_the_page_is_said(row):
    missing = [said for said in re.findall(r'"([^"]+)"', row.partition("|")[2]) if said not in TESTS]
    assert missing == []


NAMED = set(re.findall(r"`_?([A-Z][A-Z_]{3,}|[A-Z][a-z]+[A-Z]\w+)`", PAGE)) - EXAMPLES


@pytest.mark.parametrize("name", sorted(NAMED))
def test_constant_or_class_that_the_page_names_is_there(name):
    assert re.search(rf"^\s*(?:class )?_?{name}\b\s*[:=(]", CODE, re.MULTILINE)


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"`make ([a-z-]+)", PAGE) + re.findall(r"^make (\w+)", PAGE, re.M)))
)
def test_target_that_the_page_names_is_there(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("module", sorted(set(re.findall(r"-m ([a-z_.]+\.[a-z_]+)", PAGE))))
def test_module_that_the_page_runs_is_there(module):
    path = ROOT / module.replace(".", "/")
    assert path.with_suffix(".py").exists() or (path / "__main__.py").exists()


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md"])
def test_links_of_a_page_at_the_root_lead_somewhere(page):
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", (ROOT / page).read_text())]
    assert [link for link in links if link and "://" not in link and not (ROOT / link).exists()] == []
