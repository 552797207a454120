"""Writes the templates and assets to build/cdk.out, if their sources have changed."""

import fcntl
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from cdk.node import NODE
from local.console import say

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "build" / "cdk.out"
STAMP = OUTPUT / ".inputs"
LOCK = OUTPUT / ".lock"
# The packages and variables that templates depend on besides files. Settings of the service come from the context.
PACKAGES = ("aws-cdk-lib", "constructs", "jsii")
VARIABLES = ("CDK_DEFAULT_ACCOUNT", "CDK_DEFAULT_REGION")
SOURCES = ("cdk", "functions", "gpu_container", "layers", "statemachine")
FILES = ("cdk.json", "uv.lock")
# The local stacks have the default names, whatever cdk.json says.
LOCAL_CONTEXT = '{"name": "Imgopt"}'
# When the program is ended, a process of Python's multiprocessing would warn of semaphores, which it then removes.
QUIET_AFTER_CTRL_C = {"PYTHONWARNINGS": "ignore:resource_tracker"}
# The CDK's own check of templates takes half of the time, and only warns. cfn-lint checks the same templates, and
# deploying has the CDK check them.
WITHOUT_CHECK = {"CDK_VALIDATION": "false"}


def main() -> None:
    try:
        print(f"templates: {ensure()}", file=sys.stderr)
    except RuntimeError as error:
        sys.exit(f"imgopt: {error}")


def ensure() -> Path:
    """The folder of the up-to-date cloud assembly. Concurrent calls wait."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = fingerprint()
        if not (STAMP.exists() and STAMP.read_text() == wanted):
            STAMP.unlink(missing_ok=True)  # the templates are incomplete while they are written
            synthesize()
            STAMP.write_text(wanted)
    return OUTPUT


def synthesize() -> None:
    """Writes templates and assets. Earlier assets are kept, because a running service may execute them."""
    say("writing the CloudFormation templates; the first time, this takes a minute or two")
    environment = {**os.environ, "JSII_NODE": str(NODE), "CDK_OUTDIR": str(OUTPUT), "CDK_CONTEXT_JSON": LOCAL_CONTEXT}
    environment |= QUIET_AFTER_CTRL_C | WITHOUT_CHECK
    if run_in_own_group([sys.executable, "-m", "cdk.app"], environment):
        raise RuntimeError("the templates could not be written; the reason is above")


def run_in_own_group(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """The exit code of a program in a process group of its own, which ends with all of it where this one is stopped.

    A terminal's Ctrl-C would reach the program, too, and have it print where it was.
    """
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=sys.stderr, process_group=0) as program:
        try:
            return program.wait()
        except BaseException:
            os.killpg(program.pid, signal.SIGTERM)
            raise


def fingerprint() -> str:
    """A hash of all sources of templates and assets."""
    variables = [os.environ.get(name, "") for name in VARIABLES]
    versions = [sys.version, *map(version, PACKAGES)]
    digest = hashlib.sha256(json.dumps([versions, variables, platform.machine(), LOCAL_CONTEXT]).encode())
    for path in inputs():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def inputs() -> Iterator[Path]:
    yield from (ROOT / name for name in FILES)
    for name in SOURCES:
        files = (ROOT / name).rglob("*")
        yield from sorted(path for path in files if path.is_file() and "__pycache__" not in path.parts)


if __name__ == "__main__":
    main()
