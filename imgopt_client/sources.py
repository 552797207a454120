"""The inputs of a run: files, folders and URLs."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from imgopt_client.selection import find_matches, fixed_folder, is_excluded, is_pattern
from imgopt_client.signatures import looks_like_image

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
    """One input. Its result goes to `output_folder`, which is in `results_folder`.

    `shown` is its name in messages: as it was given, with the path below a folder that was given. Of an absolute path
    only the last part is shown. `is_result` is true for a result of an earlier run, which patterns of the shell also
    match.
    """

    location: str
    output_folder: Path
    results_folder: Path
    path: Path | None = None
    problem: str | None = None
    is_result: bool = False
    shown: str = ""

    @property
    def name(self) -> str:
        """The file name for the server. Characters that are not text are replaced."""
        name = self.path.name if self.path else unquote(urlsplit(self.location).path.rsplit("/", 1)[-1])
        return sendable_text(name) or self.location

    @property
    def label(self) -> str:
        return sendable_text(self.shown) or self.name

    @property
    def mime_type(self) -> str:
        return MIME_TYPES.get(Path(self.name).suffix.lower(), UNKNOWN_MIME_TYPE)

    def stamp(self) -> list[int] | None:
        """The size in bytes and the modification time in nanoseconds. None for a URL."""
        return stamp_of(self.path) if self.path else None


def stamp_of(path: Path) -> list[int]:
    state = path.stat()
    return [state.st_size, state.st_mtime_ns]


def sendable_text(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class SourceFinder:
    """Finds inputs: searches folders, and decides where results go and which files are results of earlier runs.

    Files that match `exclude` are left out of folders and patterns, see `is_excluded`. With `in_place`, several links
    to one file are one input.
    """

    out: Path | None
    recursive: bool
    is_result: Callable[[Path], bool]
    exclude: Sequence[str] = ()
    in_place: bool = False

    def find(self, inputs: Iterable[str | os.PathLike[str]]) -> Sequence[Source]:
        """All inputs in the given order, without duplicates."""
        found = dict[str, Source]()
        for source in (source for each in inputs for source in self._expand(os.fspath(each))):
            found.setdefault(self._identity(source), source)
        return list(found.values())

    def _identity(self, source: Source) -> str:
        """A value that is the same for all spellings of a path."""
        if source.path is None:
            return source.location
        path = source.path.resolve() if self.in_place else source.path.parent.resolve() / source.path.name
        return str(path)

    def _expand(self, name: str) -> Iterator[Source]:
        if is_url(name):
            folder = (self.out or Path()).absolute()
            yield Source(name, folder, folder)
            return
        path, shown = Path(name).absolute(), Path(name).name if Path(name).is_absolute() else name
        try:
            if is_pattern(name):
                yield from self._match(name)
            else:
                yield from self._walk(path, shown) if path.is_dir() else [self._file(path, path.parent, shown)]
        except OSError as error:
            yield self._file(path, path.parent, shown, f"It can't be read: {error.strerror}.")

    def _match(self, pattern: str) -> Iterator[Source]:
        top = fixed_folder(pattern)
        images = [path for path in find_matches(pattern) if self._is_input(path, top)]
        if not images:
            yield self._file(Path(pattern).absolute(), top, pattern, "No image matches this pattern.")
        yield from (self._file(path, top, os.path.relpath(path)) for path in images)

    def _walk(self, top: Path, shown: str) -> Iterator[Source]:
        if not self.recursive:
            yield self._file(top, top, shown, "It is a folder. Use --recursive to process the images in it.")
            return
        images = [path for path in sorted(top.rglob("*")) if self._is_input(path, top)]
        if not images:
            yield self._file(top, top, shown, "There are no images in this folder.")
        yield from (self._file(path, top, str(Path(shown) / path.relative_to(top))) for path in images)

    def _is_input(self, path: Path, top: Path) -> bool:
        """Whether the file is an input: not hidden, not excluded, and not a temporary file of an earlier run."""
        if path.suffix.lower() not in MIME_TYPES or not path.is_file():
            return False
        below = path.relative_to(top)
        if any(part.startswith(".") for part in below.parts) or RESULT_INFIX in path.name:
            return False
        out = self.out.absolute() if self.out else None
        in_out = out is not None and out != top and out.is_relative_to(top) and path.is_relative_to(out)
        return not in_out and not is_excluded(below, self.exclude) and not self.is_result(path)

    def _file(self, path: Path, top: Path, shown: str, problem: str | None = None) -> Source:
        """A source. Its result goes beside it, or into the same subfolder of the folder for results."""
        folder = self.out.absolute() / path.parent.relative_to(top) if self.out and path != top else path.parent
        results_folder = self.out.absolute() if self.out else path.parent
        is_result = self.is_result(path)
        problem = problem or (None if is_result else find_problem(path))
        return Source(str(path), folder, results_folder, path, problem, is_result, shown)


def is_url(name: str) -> bool:
    return name.lower().startswith(("http://", "https://"))


def find_problem(path: Path) -> str | None:
    """The reason why a file can't be an input; None if it can. Raises OSError if it can't be read."""
    if not path.exists():
        return "There is no such file."
    if not path.is_file():
        return "It is not a file."
    if path.stat().st_size == 0:
        return "It is empty."
    return None if looks_like_image(path) else "It is not an image, or of an unknown format. It was not sent."
