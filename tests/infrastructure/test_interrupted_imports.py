"""Ctrl-C while a program imports its modules, which takes up to a second."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INTERRUPT = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n"


@pytest.mark.parametrize(
    ("command", "imported", "status"),
    [
        (["-m", "imgopt_client"], "httpx2", 130),
        (["-m", "local.up"], "pydantic", -signal.SIGINT),
        (["-m", "local.demo"], "httpx2", -signal.SIGINT),
    ],
)
def test_ctrl_c_during_imports_prints_nothing(command, imported, status, tmp_path):
    (tmp_path / f"{imported}.py").write_text(INTERRUPT)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (status, b"")
