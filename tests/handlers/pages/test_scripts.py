"""Scripts of the page for images, without a browser: calls that break, are refused, or end too late."""

import subprocess
from pathlib import Path

import pytest

from cdk.node import NODE

FOLDER = Path(__file__).with_name("scripts")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.test.js")), ids=lambda path: path.stem)
def test_scripts(path):
    done = subprocess.run([NODE, "--test", path], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
