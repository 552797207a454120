"""The build context of the image as an archive. Its bytes do not depend on folders, dates or modes of the sources."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# 1980-01-01, the first date of ZIP archives. All files of the image get it; BuildKit gets the same value.
SOURCE_DATE_EPOCH = 315_532_800
READABLE, PROGRAM = 0o644, 0o755


def build_context(root: Path = ROOT) -> bytes:
    """A tar archive of the files that .dockerignore allows, sorted by name, owned by root."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in find_sources(root):
            add_source(archive, path, path.relative_to(root).as_posix())
    return buffer.getvalue()


def find_sources(root: Path) -> Iterator[Path]:
    """The files and their folders, without bytecode."""
    for top in sorted(allowed(root)):
        inside = (root / top).rglob("*") if (root / top).is_dir() else ()
        found = (root / top, *inside)
        yield from sorted(path for path in found if "__pycache__" not in path.parts)


def allowed(root: Path) -> list[str]:
    lines = (root / ".dockerignore").read_text().splitlines()
    return [line.removeprefix("!") for line in lines if line.startswith("!")]


def add_source(archive: tarfile.TarFile, path: Path, name: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.mtime = SOURCE_DATE_EPOCH
    if path.is_dir():
        entry.type, entry.mode = tarfile.DIRTYPE, PROGRAM
        archive.addfile(entry)
        return
    data = path.read_bytes()
    entry.size, entry.mode = len(data), PROGRAM if path.stat().st_mode & 0o100 else READABLE
    archive.addfile(entry, io.BytesIO(data))
