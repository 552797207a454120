"""CONTRIBUTING.md names files and tests that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
FOLDERS = "benchmarks|cdk|docs|functions|gpu_container|imgopt_client|layers|local|statemachine|tests"
TESTS = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("name", sorted(set(re.findall(rf"`((?:{FOLDERS})/[\w./-]+)`", PAGE))))
def test_file_that_the_page_names_is_there(name):
    assert (ROOT / name).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)(?:\[[^`]*\])?`", PAGE))))
def test_test_that_the_page_names_is_there(name):
    assert f"def {name}(" in TESTS


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md"])
def test_links_of_a_page_at_the_root_lead_somewhere(page):
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", (ROOT / page).read_text())]
    assert [link for link in links if link and "://" not in link and not (ROOT / link).exists()] == []
