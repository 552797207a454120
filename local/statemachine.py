"""Checks state machine definitions with asl-validator, a Node program installed into .tools/ when first needed."""

import subprocess
import sys
from pathlib import Path

from local.environment import TOOLS
from local.synth import node

VALIDATOR = "asl-validator@4.0.0"
FOLDER = TOOLS / "node"
SCRIPT = FOLDER / "node_modules" / "asl-validator" / "dist" / "bin" / "asl-validator.js"


def main(definitions: list[str]) -> int:
    if not SCRIPT.exists():
        install()
    return subprocess.run([node(), SCRIPT, "--json-path", *definitions], check=False).returncode


def install() -> None:
    npm = Path(node()).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quietly = ["--silent", "--no-audit", "--no-fund", "--no-package-lock"]
    subprocess.run([node(), npm, "install", *quietly, "--prefix", FOLDER, VALIDATOR], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
