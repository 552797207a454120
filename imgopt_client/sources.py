"""What to optimize: files, folders with what is in them, and URLs."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

MIME_TYPES = {
    ".avif": "image/avif",
    ".jxl": "image/jxl",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
}
UNKNOWN_MIME_TYPE = "application/octet-stream"
RESULT_INFIX = ".tinified."


@dataclass(frozen=True)
class Source:
    """One input. `output_folder` is where its result goes, `state_folder` where its resume state is kept.

    `is_result` tells that it came of an earlier run: patterns of the shell find results, too.
    """

    location: str
    output_folder: Path
    state_folder: Path
    path: Path | None = None
    problem: str | None = None
    is_result: bool = False

    @property
    def name(self) -> str:
        """A file name that can be sent: names on disk need not be text."""
        name = self.path.name if self.path else unquote(urlsplit(self.location).path.rsplit("/", 1)[-1])
        return name.encode("utf-8", "replace").decode() or self.location

    @property
    def mime_type(self) -> str:
        return MIME_TYPES.get(Path(self.name).suffix.lower(), UNKNOWN_MIME_TYPE)

    def stamp(self) -> list[int] | None:
        """Size in bytes and time of the last change in nanoseconds; None for a URL."""
        if self.path is None:
            return None
        state = self.path.stat()
        return [state.st_size, state.st_mtime_ns]


@dataclass(frozen=True)
class SourceFinder:
    """How inputs are found: whether folders are gone through, where results go, and which files are results."""

    out: Path | None
    recursive: bool
    is_result: Callable[[Path], bool]

    def find(self, inputs: Iterable[str | os.PathLike[str]]) -> Sequence[Source]:
        """Each once, in the order in which they were named."""
        found = (source for each in inputs for source in self._expand(os.fspath(each)))
        return list({source.location: source for source in found}.values())

    def _expand(self, name: str) -> Iterator[Source]:
        if name.lower().startswith(("http://", "https://")):
            folder = (self.out or Path()).absolute()
            yield Source(name, folder, folder)
            return
        path = Path(name).absolute()
        try:
            yield from self._walk(path) if path.is_dir() else [self._file(path, path.parent)]
        except OSError as error:
            yield self._file(path, path.parent, f"It can't be read: {error.strerror}.")

    def _walk(self, top: Path) -> Iterator[Source]:
        if not self.recursive:
            yield self._file(top, top, "It is a folder; --recursive takes what is in it.")
            return
        images = [path for path in sorted(top.rglob("*")) if self._is_input(path, top)]
        if not images:
            yield self._file(top, top, "There are no images in this folder.")
        yield from (self._file(path, top) for path in images)

    def _is_input(self, path: Path, top: Path) -> bool:
        """Not what is hidden, nor what an earlier run has left."""
        if path.suffix.lower() not in MIME_TYPES or not path.is_file():
            return False
        if any(part.startswith(".") for part in path.relative_to(top).parts) or RESULT_INFIX in path.name:
            return False
        out = self.out.absolute() if self.out else None
        in_out = out is not None and out != top and out.is_relative_to(top) and path.is_relative_to(out)
        return not in_out and not self.is_result(path)

    def _file(self, path: Path, top: Path, problem: str | None = None) -> Source:
        """Without a folder for results they go beside their inputs; in one, subfolders stay as they are."""
        folder = self.out.absolute() / path.parent.relative_to(top) if self.out and path != top else path.parent
        state_folder = self.out.absolute() if self.out else path.parent
        return Source(str(path), folder, state_folder, path, problem or find_problem(path), self.is_result(path))


def find_problem(path: Path) -> str | None:
    if not path.exists():
        return "There is no such file."
    return None if path.is_file() or path.is_dir() else "It is not a file."
