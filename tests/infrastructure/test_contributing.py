"""CONTRIBUTING.md names existing files and tests."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
FOLDERS = "benchmarks|cdk|docs|functions|gpu_container|imgopt_client|layers|local|statemachine|tests"
CODE = ("cdk", "docs", "functions", "imgopt_client", "layers/domain", "supply_chain", "tests")
# Names that stand for others, and Python's own.
EXAMPLES = {"IMGOPT_NAME", "VerifyFunctionArn", "ValueError"}


@cache
def text_of(*folders: str, pattern: str = "*.py") -> str:
    return "\n".join(path.read_text() for folder in folders for path in (ROOT / folder).rglob(pattern))


def text_of_tests() -> str:
    return text_of("tests", pattern="test_*.py")


def named(pattern: str) -> list[str]:
    """Returns what the page names, of which there is something."""
    found = sorted(set(re.findall(pattern, PAGE)))
    assert found
    return found


def test_file_that_the_page_names_is_there():
    assert [name for name in named(rf"`((?:{FOLDERS})/[\w./-]+)`") if not (ROOT / name).exists()] == []


def test_test_that_the_page_names_is_there():
    names = named(r"`(test_\w+)(?:\[[^`]*\])?`")
    assert [name for name in names if f"def {name}(" not in text_of_tests()] == []


def test_sentence_that_a_test_says_by_the_page_is_said():
    rows = [row for row in PAGE.splitlines() if row.startswith("|") and "`test_" in row]
    said = [sentence for row in rows for sentence in re.findall(r'"([^"]+)"', row.partition("|")[2])]
    assert said
    assert [sentence for sentence in said if sentence not in text_of_tests()] == []


def test_constant_or_class_that_the_page_names_is_there():
    names = {*named(r"`_?([A-Z][A-Z_]{3,}|[A-Z][a-z]+[A-Z]\w+)`")} - EXAMPLES
    defined = re.findall(r"^\s*(?:class )?_?([A-Z]\w+)\b\s*[:=(]", text_of(*CODE), re.MULTILINE)
    assert names - {*defined} == set()


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
