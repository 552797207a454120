"""Writes the templates and assets to build/cdk.out, anew only where something they are made of has changed."""

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
# What they depend on besides files. Settings of the service come from the context, and not from the environment.
PACKAGES = ("aws-cdk-lib", "constructs", "jsii")
VARIABLES = ("CDK_DEFAULT_ACCOUNT", "CDK_DEFAULT_REGION")
SOURCES = ("cdk", "functions", "gpu_container", "layers", "statemachine")
FILES = ("cdk.json", "uv.lock")
# Stacks have their usual names here, whatever an installation of one's own is called.
LOCAL_CONTEXT = '{"name": "Imgopt"}'


def main() -> None:
    try:
        print(f"templates: {ensure()}", file=sys.stderr)
    except RuntimeError as error:
        sys.exit(f"imgopt: {error}")


def ensure() -> Path:
    """The cloud assembly, up to date. Whoever else asks for it meanwhile waits."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = fingerprint()
        if not (STAMP.exists() and STAMP.read_text() == wanted):
            STAMP.unlink(missing_ok=True)  # of templates that may be half replaced from here on
            synthesize()
            STAMP.write_text(wanted)
    return OUTPUT


def synthesize() -> None:
    """Earlier assets stay where they are: a running service may still execute them."""
    say("writing the CloudFormation templates; the first time, this takes a minute or two")
    environment = {**os.environ, "JSII_NODE": str(NODE), "CDK_OUTDIR": str(OUTPUT), "CDK_CONTEXT_JSON": LOCAL_CONTEXT}
    if run_apart([sys.executable, "-m", "cdk.app"], environment):
        raise RuntimeError("the templates could not be written; the reason is above")


def run_apart(command: Sequence[str], environment: Mapping[str, str]) -> int:
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
    """Of all that templates and assets are made of."""
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
