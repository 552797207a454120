"""Of processes that request one image at a time, one makes it. If that process is killed, another makes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import wait_until

pytestmark = pytest.mark.usefixtures("own_table")
ROOT = Path(__file__).resolve().parents[2]


def begin(folder: Path, threads: int, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.e2e.variant_threads", str(folder), str(threads), *more]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}/layers/domain/python"}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def lines_of(folder: Path) -> int:
    return len((folder / "begun").read_text().splitlines()) if (folder / "begun").exists() else 0


def test_forty_in_two_processes_have_it_made_once(tmp_path):
    output = [each.communicate(timeout=60)[0] for each in [begin(tmp_path, 20) for _ in range(2)]]
    assert output == ["20 1\n"] * 2
    assert lines_of(tmp_path) == 1


def test_process_that_is_killed_while_it_makes_it_is_followed_by_another(tmp_path):
    first = begin(tmp_path, 1, "forever")
    wait_until(lambda: lines_of(tmp_path) == 1)
    other = begin(tmp_path, 10)
    first.kill()
    assert first.wait(10) < 0
    assert other.communicate(timeout=60)[0] == "10 1\n"
    assert lines_of(tmp_path) == 2
