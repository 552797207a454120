"""`python -m gpu_container.requirements` writes what the container installs, with hashes, as uv.lock has it."""

import subprocess
from pathlib import Path

from gpu_container.models.fetching import OWN_UV

ROOT = Path(__file__).resolve().parents[1]
FILE = Path(__file__).with_name("requirements.txt")
# To read and write images, and to run networks; the project's own dependencies come with them.
GROUPS = ("imaging", "gpu")


def main() -> None:
    FILE.write_text(export())


def export() -> str:
    command = [str(OWN_UV), "export", "--frozen", "--quiet", "--no-emit-project", "--no-annotate", "--no-header"]
    command += ["--no-default-groups", *(f"--group={group}" for group in GROUPS)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
