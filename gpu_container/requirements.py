"""`python -m gpu_container.requirements` exports the container's requirements from uv.lock, with hashes.

The build requirements of pyvips, which has no wheel, are in a separate file: they are removed after the build.
"""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from gpu_container.models.fetching import OWN_UV

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS_FILE = Path(__file__).with_name("requirements.txt")
BUILD_FILE = Path(__file__).with_name("build-requirements.txt")
# The dependency groups for the domain, for images, and for networks.
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
