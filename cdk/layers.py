"""Lambda layers from locked requirements, built by uv for Lambda's platform on any machine.

`python -m cdk.layers` exports the requirements of each layer from uv.lock, `build_layer` installs them.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cdk.bytecode import PYTHON_VERSION, can_compile, compile_sources
from cdk.paths import ASSETS, LAYERS, ROOT, UV

PLATFORM = "aarch64-manylinux_2_28"
# Each layer contains the dependency group of its name. `domain` also contains `imgopt`.
LAYER_GROUPS = ("domain", "imaging", "mcp", "ml", "payments", "signing", "vision", "web")
# The layers that a layer is always used with, besides `domain`.
ALWAYS_BESIDE = {"mcp": ("web",)}
# Dependencies of packages that the service never imports, such as for ncnn's downloads of examples.
NEVER_IMPORTED = {
    "ml": ("certifi", "charset-normalizer", "colorama", "idna", "portalocker", "requests", "tqdm", "urllib3"),
    "signing": ("certifi", "charset-normalizer", "idna", "requests", "toml"),
}
NOT_NEEDED = ("__pycache__", "*.pyi", "*.rlib", "tests", "RECORD")
# The services whose descriptions in botocore are kept, for `imgopt.storage.clients` and the tracer: 2 of 27 MB.
SERVICES = ("bedrock-runtime", "dynamodb", "s3", "secretsmanager", "sqs", "stepfunctions", "xray")
# Pure Python packages without a wheel. They are built with this environment's packages, without a download.
# Prevents pyvips from being compiled against a libvips of this machine.
SOURCE_ONLY = ("pyvips",)
NO_PKG_CONFIG = {"PKG_CONFIG": "pkg-config-is-not-to-be-used"}


def main() -> None:
    for name in LAYER_GROUPS:
        requirements_of(name).write_text(export(name))


def requirements_of(name: str) -> Path:
    return LAYERS / name / "requirements.txt"


def export(name: str) -> str:
    """The requirements of a layer with hashes: its group without those of the domain layer and of layers beside it.

    They include boto3, because the runtime's version changes without notice.
    """
    command = [str(UV), "export", "--frozen", "--quiet", "--only-group", name, "--no-annotate", "--no-header"]
    below = () if name == "domain" else ("domain", *ALWAYS_BESIDE.get(name, ()))
    present = [package for layer in below for package in packages(requirements_of(layer))]
    for package in (*present, *NEVER_IMPORTED.get(name, ())):
        command += ["--no-emit-package", package]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def packages(requirements: Path) -> list[str]:
    lines = requirements.read_text().splitlines()
    return [line.split("==")[0] for line in lines if "==" in line and not line.startswith(" ")]


def build_layer(name: str) -> Path:
    """The folder of a layer. It is built if the requirements have changed, which needs PyPI."""
    folder, stamp = ASSETS / name, ASSETS / f"{name}.key"
    wanted = layer_key(name)
    with one_at_a_time(ASSETS / f"{name}.lock"):
        if not (stamp.exists() and stamp.read_text() == wanted):
            shutil.rmtree(folder, ignore_errors=True)
            install_requirements(requirements_of(name), folder / "python")
            compile_sources(folder / "python", "/opt/python")
            stamp.write_text(wanted)
    return folder


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """A lock against other processes that build the same layer, such as tests during a synthesis."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def layer_key(name: str) -> str:
    recipe = [PYTHON_VERSION, PLATFORM, *NOT_NEEDED, *SERVICES, *SOURCE_ONLY, str(can_compile())]
    recipe.append(requirements_of(name).read_text())
    return hashlib.sha256("\n".join(recipe).encode()).hexdigest()


def install_requirements(requirements: Path, target: Path) -> None:
    command = [str(UV), "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
    for package in SOURCE_ONLY:
        command += ["--no-binary", package, "--no-build-isolation-package", package]
    command += ["--python", sys.executable, "--python-platform", PLATFORM, "--python-version", PYTHON_VERSION]
    command += ["--require-hashes", "--target", str(target), "--requirements", str(requirements)]
    target.mkdir(parents=True)
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | NO_PKG_CONFIG)
    prune(target)


def prune(target: Path) -> None:
    """Removes files that no function needs, and those that depend on the build machine."""
    unwanted = [path for pattern in NOT_NEEDED for path in target.rglob(pattern)]
    described = [path for path in target.glob("botocore/data/*") if path.is_dir() and path.name not in SERVICES]
    scripts = [path for path in target.glob("bin/*") if path.read_bytes().startswith(b"#!")]
    for path in (*unwanted, *described, *scripts):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
