"""The README keeps up with the code."""

import re
from pathlib import Path

import pytest

from imgopt.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_is_documented_with_its_default(name):
    default = Settings.model_fields[name].default
    row = next(line for line in README.splitlines() if line.startswith("|") and f"`IMGOPT_{name.upper()}`" in line)
    assert not default or f"| {default} |" in row


def test_the_readme_names_only_targets_that_there_are():
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))
    assert {"demo", "up", "test", "lint", "deploy"} <= named <= targets


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)]+)\)", README))
def test_links_lead_somewhere(link):
    assert (ROOT / link).exists()
