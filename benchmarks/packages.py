"""Unpacks packages of registries under build/corpus-packages. No code of a package is run."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.sources import Source
from cdk.node import run_npm
from local.environment import ROOT, UV, candidates, has_pip, runs

PACKAGES = ROOT / "build" / "corpus-packages"


class ChangedArchive(RuntimeError):
    """The archive of a package does not have the pinned hash."""


class NotFetched(RuntimeError):
    """A package could not be downloaded."""


def unpack(source: Source) -> Path:
    """Unpacks a package and returns its folder. Raises CalledProcessError, ChangedArchive or NotFetched."""
    kind = "-source" if source.registry == "pypi source" else ""
    folder = PACKAGES / f"{source.name.replace('/', '-').lstrip('@')}-{source.version}{kind}"
    if not folder.exists():
        print(f"fetching {source.name} {source.version}", flush=True)
        _WAYS[source.registry](source, folder)
    return folder


def unpack_npm(source: Source, folder: Path) -> None:
    PACKAGES.mkdir(parents=True, exist_ok=True)
    run_npm("pack", "--silent", "--pack-destination", str(PACKAGES), f"{source.name}@{source.version}")
    archive = PACKAGES / f"{folder.name}.tgz"
    data = archive.read_bytes()
    archive.unlink()
    if hashlib.sha256(data).hexdigest() != source.sha256:
        raise ChangedArchive(f"{source.name} {source.version} is not the archive that was pinned")
    with tarfile.open(fileobj=BytesIO(data)) as tar:
        tar.extractall(folder, members=_without_root(tar), filter="data")


def _without_root(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in tar.getmembers():
        member.name = member.name.partition("/")[2]
        if member.isfile() and member.name:
            yield member


def unpack_wheel(source: Source, folder: Path) -> None:
    """Unpacks the wheel for a fixed platform and Python: only its images are used, and its hash is pinned."""
    wanted = f"{source.name}=={source.version} --hash=sha256:{source.sha256}\n"
    platform = ["--only-binary", ":all:", "--python-platform", "x86_64-manylinux_2_28", "--python-version", "3.11"]
    command = [str(UV), "pip", "install", "--quiet", "--target", str(folder), "--no-deps", *platform]
    subprocess.run([*command, "--require-hashes", "-r", "-"], input=wanted, text=True, check=True)


def unpack_sdist(source: Source, folder: Path) -> None:
    """Unpacks a source archive by pip, without running code of the package.

    pip can't only download a source archive: it would run the package's code to find its requirements. In an empty
    environment pip fails before that, after it has checked and unpacked the archive, and `--no-clean` keeps the folder.
    So the exit status is ignored, and the folder shows whether it worked.
    """
    with TemporaryDirectory() as scratch:
        empty = Path(scratch) / "empty"
        subprocess.run(
            [UV, "venv", "--quiet", "--no-config", "--no-project", "--python", sys.executable, empty], check=True
        )
        wanted = Path(scratch) / "wanted.txt"
        wanted.write_text(f"{source.name}=={source.version} --hash=sha256:{source.sha256}\n")
        done = _run_pip(empty / "bin" / "python", wanted)
        unpacked = next(Path(scratch).glob("pip-download-*/*_*"), None)
        if unpacked is None:
            raise NotFetched(f"{source.name} {source.version} can't be had:\n{done.stdout}")
        shutil.move(unpacked, folder)


def unpack_debian(source: Source, folder: Path) -> None:
    """Unpacks a Debian package by apt, without root. It works on Debian, whose release has to have that version."""
    with TemporaryDirectory() as scratch:
        command = ["apt-get", "download", "--quiet=2", f"{source.name}={source.version}"]
        subprocess.run(command, cwd=scratch, check=True)
        archive = next(Path(scratch).glob("*.deb"))
        if hashlib.sha256(archive.read_bytes()).hexdigest() != source.sha256:
            raise ChangedArchive(f"{source.name} {source.version} is not the archive that was pinned")
        unpacked = Path(scratch) / "unpacked"
        subprocess.run(["dpkg-deb", "--extract", archive, unpacked], check=True)
        PACKAGES.mkdir(parents=True, exist_ok=True)
        shutil.move(unpacked, folder)


def _run_pip(environment: Path, wanted: Path) -> "subprocess.CompletedProcess[str]":
    command = [_python_with_pip(), "-m", "pip", "--python", str(environment), "download", "--no-deps"]
    command += ["--no-binary", ":all:", "--no-build-isolation", "--check-build-dependencies", "--use-pep517"]
    command += ["--no-clean", "--require-hashes", "--dest", str(wanted.parent / "none"), "-r", str(wanted)]
    variables = {**os.environ, "TMPDIR": str(wanted.parent)}
    return subprocess.run(
        command, env=variables, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@cache
def _python_with_pip() -> str:
    found = next((path for path in map(runs, candidates()) if path and has_pip(path)), None)
    if found is None:
        raise NotFetched("No Python with pip was found; install it (on Debian: apt install python3-pip) and try again.")
    return found


_WAYS = {"npm": unpack_npm, "pypi": unpack_wheel, "pypi source": unpack_sdist, "debian": unpack_debian}
