"""The pages of docs/recipes, and the contents of their blocks."""

import os
import re
import subprocess
from pathlib import Path

from local.cloud import ROOT

FOLDER = ROOT / "docs" / "recipes"
ADDRESS = "http://127.0.0.1:8080"


def shell_blocks(page: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", (FOLDER / page).read_text(), re.DOTALL | re.MULTILINE)


def run_shell(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Ends at the first line that fails."""
    known = {**os.environ, "NO_PROXY": "*", **environment}
    command = ["bash", "-eo", "pipefail"]
    return subprocess.run(
        command, input=script, cwd=folder, env=known, capture_output=True, text=True, timeout=120, check=False
    )
