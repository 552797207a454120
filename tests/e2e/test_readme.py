"""The shell blocks of README and of the tutorial, pasted unchanged except for the address."""

import json
import os
import re
import shutil
import subprocess

import pytest
from PIL import Image

from local.cloud import ROOT, Cloud

HEADING, ADDRESS, SAMPLE = "## The API in five lines", "http://127.0.0.1:8080", "samples/landscape.jpg"
README, TUTORIAL = ((ROOT / name).read_text() for name in ("README.md", "docs/tutorial.md"))
DIFFERENT_EACH_TIME = {"temp_file_id", "temp_path", "expires_at", "session_token"}
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="runs curl")


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def run(script: str, cloud: Cloud, folder) -> subprocess.CompletedProcess[str]:
    (folder / "samples").mkdir()
    shutil.copy(ROOT / SAMPLE, folder / SAMPLE)
    environment = {**os.environ, "NO_PROXY": "*"}
    command, text = ["sh", "-eu"], script.replace(ADDRESS, cloud.url)
    return subprocess.run(command, input=text, cwd=folder, env=environment, capture_output=True, text=True, check=True)


def test_readme_has_five_lines_without_comments():
    lines = blocks("sh", README.partition(HEADING)[2])[0].replace("\\\n", "").splitlines()
    assert (len(lines), lines[0]) == (5, f"API={ADDRESS}")
    assert "#" not in "".join(lines)


@needs_curl
def test_answer_is_as_readme_shows_it(cloud: Cloud, tmp_path):
    request, shown = blocks("sh")[0], json.loads(blocks("json")[0])
    answer = json.loads(run(request, cloud, tmp_path).stdout)
    assert answer.keys() == shown.keys()
    assert [key for key in shown if shown[key] != answer[key] and key not in DIFFERENT_EACH_TIME] == []


@needs_curl
@pytest.mark.parametrize("page", [README, TUTORIAL], ids=["readme", "tutorial"])
def test_blocks_work_when_they_are_pasted(cloud: Cloud, tmp_path, page):
    done = run("\n".join(blocks("sh", page)), cloud, tmp_path)
    assert done.stderr == ""
    assert done.stdout.count("event: complete") == 1
    with Image.open(tmp_path / "landscape.webp") as image:
        assert image.format == "WEBP"
    sizes = [f"{path.stat().st_size / 1000:.0f} kB" for path in (tmp_path / "landscape.webp", ROOT / SAMPLE)]
    assert page == TUTORIAL or " instead of ".join(sizes) in page
