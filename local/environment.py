"""Sets up `.venv` from `uv.lock`. Runs on a bare python3: standard library only.

uv comes from PyPI into `.tools/`, by the hashes in `uv.txt`, so nothing is installed outside the project. Pythons that
are too old for the service run this, too (from 3.7 on), so that they can say so, or find a newer one.
"""

from __future__ import annotations

import signal

if __name__ == "__main__":  # Until main() is called, Ctrl-C ends without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
UV = TOOLS / "bin" / "uv"
# The version and hashes of uv, for pip, which installs it.
UV_REQUIREMENT = ROOT / "local" / "uv.txt"
OLDEST_PYTHON = (3, 11)
# Lambda runs the first one. The others are used if it is missing.
PREFERRED = ("3.13", "3.12", "3.11")
OLDEST_WITH_SCORES = (3, 12)
# Turns off advice of pip on its own version and on users.
QUIET_PIP = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
# Prevents pyvips from being compiled against a libvips of this machine.
WITHOUT_PKG_CONFIG = {"PKG_CONFIG": "pkg-config-is-not-to-be-used"}


def main() -> None:
    interpreter = choose_interpreter()
    check_project()
    check_cache()
    if not uv_is_current():
        install_uv()
    say(f"environment: Python at {interpreter}")
    if not is_at_least(interpreter, OLDEST_WITH_SCORES):
        say("environment: results will have no scores; for these, install Python 3.12 or newer and remove .venv")
    environment = {**os.environ, **WITHOUT_PKG_CONFIG, "UV_PROJECT_ENVIRONMENT": str(ROOT / ".venv")}
    environment.pop("VIRTUAL_ENV", None)
    sync: list[str | Path] = [UV, "sync", "--frozen", "--python", interpreter, "--no-python-downloads"]
    if subprocess.run(sync, cwd=ROOT, env=environment, check=False, stdout=sys.stderr).returncode:
        sys.exit("the environment could not be set up; the reason is above")


def uv_version() -> str:
    """The version in the first line, `uv==1.2.3 \\`."""
    return UV_REQUIREMENT.read_text().split()[0].partition("==")[2]


def uv_is_current() -> bool:
    if not UV.exists():
        return False
    try:
        answer = subprocess.run([UV, "--version"], capture_output=True, text=True, check=False)
    except OSError:  # half installed
        return False
    return answer.stdout.split()[1:2] == [uv_version()]


def install_uv() -> None:
    """Installs uv with the pip of any Python, as the running one may lack pip."""
    say(f"environment: installing uv {uv_version()} into {TOOLS.name}/")
    shutil.rmtree(TOOLS, ignore_errors=True)
    interpreter = next((path for path in map(runs, candidates()) if path and has_pip(path)), None)
    if interpreter is None:
        sys.exit("no Python with pip was found; install it (on Debian: apt install python3-pip) and try again")
    pip = [interpreter, "-m", "pip", "install", "--quiet", "--target", str(TOOLS), "--no-deps"]
    pip += ["--require-hashes", "--only-binary", ":all:", "--requirement", str(UV_REQUIREMENT)]
    if subprocess.run(pip, check=False, stdout=sys.stderr, env={**os.environ, **QUIET_PIP}).returncode:
        sys.exit("could not install uv; the reason is above (is PyPI reachable?)")


def has_pip(interpreter: str) -> bool:
    return subprocess.run([interpreter, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def choose_interpreter() -> str:
    """The path of the first Python that runs: shims of version managers may not."""
    for candidate in candidates():
        path = runs(candidate)
        if path:
            return path
    sys.exit(
        f"Python 3.11 or newer is needed, and python3 is {sys.version.split()[0]}; "
        "install a newer one, or name it: make up PYTHON=/path/to/python3"
    )


def check_project() -> None:
    """Ends if nothing can be written in the project's folder, where packages are installed."""
    try:
        tempfile.TemporaryFile(dir=str(ROOT)).close()
    except OSError as error:
        sys.exit(
            f"packages are installed in {ROOT}, which can't be written to ({error.strerror}); "
            "clone the repository into a folder of yours"
        )


def check_cache() -> None:
    """Ends where nothing can be written where uv, npm and the service keep what they download."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=str(folder)).close()
    except OSError as error:
        sys.exit(
            f"downloads are kept in {folder}, which can't be written to ({error.strerror}); "
            "name another home folder: make up HOME=/path/to/folder"
        )


def candidates() -> list[str]:
    wanted = [os.environ["PYTHON"]] if os.environ.get("PYTHON") else []
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    for version in PREFERRED:
        wanted.append(f"python{version}")
        wanted += [str(path / "bin" / "python3") for path in sorted(find_readable(pyenv, f"{version}.*"), reverse=True)]
    return [*wanted, sys.executable, "python3"]


def find_readable(folder: Path, pattern: str) -> list[Path]:
    """The matching paths. The folder may belong to another user; then there are none."""
    try:
        return list(folder.glob(pattern))
    except PermissionError:
        return []


def runs(candidate: str) -> str | None:
    """The path of an interpreter that is new enough; else None."""
    probe = "import ssl, sys; print(sys.executable)"
    try:
        answer = subprocess.run([candidate, "-c", probe], capture_output=True, text=True, check=False)
    except OSError:
        return None
    path = answer.stdout.strip()
    return path if answer.returncode == 0 and is_at_least(path, OLDEST_PYTHON) else None


def is_at_least(interpreter: str, version: tuple[int, int]) -> bool:
    probe = f"import sys; sys.exit(sys.version_info < {version})"
    return subprocess.run([interpreter, "-c", probe], capture_output=True, check=False).returncode == 0


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; run the command again to continue")
