"""The README's lines, pasted as they are: all but the address, which is another one here."""

import os
import re
import shutil
import subprocess

import pytest
from PIL import Image

from local.cloud import ROOT, Cloud

HEADING, ADDRESS, SAMPLE = "## The API in five lines", "http://127.0.0.1:8080", "samples/landscape.jpg"
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="runs curl")


def find_lines() -> str:
    section = (ROOT / "README.md").read_text().partition(HEADING)[2]
    found = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1]


def test_readme_has_five_lines_without_comments():
    lines = find_lines().replace("\\\n", "").splitlines()
    assert (len(lines), lines[0]) == (5, f"API={ADDRESS}")
    assert "#" not in "".join(lines)


@needs_curl
def test_the_lines_work_when_they_are_pasted(cloud: Cloud, tmp_path):
    (tmp_path / "samples").mkdir()
    shutil.copy(ROOT / SAMPLE, tmp_path / SAMPLE)
    script = find_lines().replace(ADDRESS, cloud.url)
    environment = {**os.environ, "NO_PROXY": "*"}
    done = subprocess.run(
        ["sh", "-eu"], input=script, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert done.stdout.count("event: complete") == 1
    with Image.open(tmp_path / "landscape.tinified.webp") as image:
        assert image.format == "WEBP"
