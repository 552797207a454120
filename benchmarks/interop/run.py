"""Runs a reader on files in its own process, so that a crash or its memory does not affect others.

`python -m benchmarks.interop.run NAME PATH...` has a line of `views.write_view` for each file.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from ctypes.util import find_library
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.interop.packages import PACKAGES
from benchmarks.interop.programs import GDK_PIXBUF, PROGRAMS, by_exiftool, by_ffmpeg
from benchmarks.interop.readers import Origin, Reader
from benchmarks.interop.views import View, read_view, write_view
from benchmarks.peers.programs import HERE, versions
from cdk.node import NODE, install
from local.environment import ROOT

MOST_BYTES, MOST_SECONDS = 4 << 30, 120
EXIFTOOL = "exiftool-vendored.pl"
VERSION = {"ffmpeg": ("-version",), "exiftool": ("-ver",), "rsvg-convert": ("--version",), "icotool": ("--version",)}


def version_of(reader: Reader) -> str | None:
    """The version of a reader. None if it is not installed."""
    if reader.origin is Origin.NPM:
        return versions()[reader.program] if reader.program != EXIFTOOL or shutil.which("perl") else None
    if reader.origin is Origin.PYPI:
        try:
            return version(reader.program)
        except PackageNotFoundError:
            return None
    if reader.program == GDK_PIXBUF:
        return find_library(GDK_PIXBUF)
    found = shutil.which(reader.program)
    return _says(found, *VERSION.get(reader.program, ())) if found else None


def _says(program: str, *asked: str) -> str:
    """The first line that the program prints about itself."""
    if not asked:
        return "installed"
    text = subprocess.run([program, *asked], capture_output=True, text=True, check=False).stdout
    return text.splitlines()[0].split(" Copyright")[0] if text else "installed"


def views(reader: Reader, paths: Sequence[Path]) -> dict[str, View]:
    """The views of a reader, by file name."""
    node = reader.origin is Origin.NPM and reader.program != EXIFTOOL
    script: list[str | Path] = (
        [NODE, HERE / "readers.mjs"] if node else [sys.executable, "-m", "benchmarks.interop.run"]
    )
    environment = {**os.environ, "PEERS": str(install(HERE).parent)}
    command = [*script, reader.program, *map(str, paths)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return {path.name: View(error=f"took more than {MOST_SECONDS} seconds") for path in paths}
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"')]
    return {path.name: View(error=f"ended with {done.returncode}") for path in paths} | dict(map(read_view, lines))


def opener(name: str) -> Callable[[Path], View]:
    if name == EXIFTOOL:
        return partial(by_exiftool, str(install(HERE) / EXIFTOOL / "bin" / "exiftool"))
    if name == "imageio-ffmpeg":
        import imageio_ffmpeg

        return partial(by_ffmpeg, imageio_ffmpeg.get_ffmpeg_exe())
    return PACKAGES[name] if name in PACKAGES else partial(PROGRAMS[name], name)


def opened(read: Callable[[Path], View], path: Path) -> View:
    try:
        return read(path)
    except Exception as error:  # an exception of any kind is the reader's error message
        said = f"{type(error).__name__}: {error}".replace(f"{path.parent}/", "").strip().splitlines()[0]
        return View(error=re.sub(r" @ 0x[0-9a-f]+", "", said))


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    read = opener(sys.argv[1])
    for path in map(Path, sys.argv[2:]):
        print(write_view(opened(read, path), path), flush=True)


if __name__ == "__main__":
    main()
