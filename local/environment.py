"""Sets up `.venv` from `uv.lock`. Runs on a bare python3: standard library only.

uv comes from PyPI into `.tools/`, by the hashes in `uv.txt`, so nothing is installed outside the project.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
UV = TOOLS / "bin" / "uv"
# The version and hashes of uv, for pip, which installs it.
UV_REQUIREMENT = ROOT / "local" / "uv.txt"
OLDEST_PYTHON = (3, 11)
# Lambda runs the first one. The others are used if it is missing.
PREFERRED = ("3.13", "3.12", "3.11")
# Prevents pyvips from being compiled against a libvips of this machine.
WITHOUT_PKG_CONFIG = {"PKG_CONFIG": "pkg-config-is-not-to-be-used"}


def main() -> None:
    if not uv_is_current():
        install_uv()
    interpreter = choose_interpreter()
    say(f"environment: Python at {interpreter}")
    environment = os.environ | WITHOUT_PKG_CONFIG | {"UV_PROJECT_ENVIRONMENT": str(ROOT / ".venv")}
    environment.pop("VIRTUAL_ENV", None)
    sync: list[str | Path] = [UV, "sync", "--frozen", "--python", interpreter, "--no-python-downloads"]
    if subprocess.run(sync, cwd=ROOT, env=environment, check=False, stdout=sys.stderr).returncode:
        sys.exit("the environment could not be set up; the reason is above")


def uv_version() -> str:
    """The version in the first line, `uv==1.2.3 \\`."""
    return UV_REQUIREMENT.read_text().split()[0].removeprefix("uv==")


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
    if subprocess.run(pip, check=False, stdout=sys.stderr).returncode:
        sys.exit("could not install uv; the reason is above (is PyPI reachable?)")


def has_pip(interpreter: str) -> bool:
    return subprocess.run([interpreter, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def choose_interpreter() -> str:
    """The path of the first Python that runs: shims of version managers may not."""
    for candidate in candidates():
        path = runs(candidate)
        if path:
            return path
    sys.exit("Python 3.11 or newer is needed; set PYTHON=/path/to/python3")


def candidates() -> list[str]:
    wanted = [os.environ["PYTHON"]] if os.environ.get("PYTHON") else []
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    for version in PREFERRED:
        wanted.append(f"python{version}")
        wanted += [str(path / "bin" / "python3") for path in sorted(pyenv.glob(f"{version}.*"), reverse=True)]
    return [*wanted, sys.executable, "python3"]


def runs(candidate: str) -> str | None:
    probe = "import ssl, sys; print(sys.executable); sys.exit(sys.version_info < " + repr(OLDEST_PYTHON) + ")"
    try:
        answer = subprocess.run([candidate, "-c", probe], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; run the command again to continue")
