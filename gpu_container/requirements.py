"""`python -m gpu_container.requirements` writes what the container installs, with hashes, as uv.lock has it.

What pyvips, which has no wheel, is built with comes into a file of its own: it is not there afterwards.
"""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from gpu_container.models.fetching import OWN_UV

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS_FILE = Path(__file__).with_name("requirements.txt")
BUILD_FILE = Path(__file__).with_name("build-requirements.txt")
# To run the domain, to read and write images, and to run networks.
GROUPS = ("--only-group=domain", "--only-group=imaging", "--only-group=gpu")
BUILD_GROUPS = ("--only-group=build",)


def main() -> None:
    REQUIREMENTS_FILE.write_text(export(GROUPS))
    BUILD_FILE.write_text(export(BUILD_GROUPS))


def export(groups: Iterable[str]) -> str:
    command = [str(OWN_UV), "export", "--frozen", "--quiet", "--no-annotate", "--no-header"]
    command += groups
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
