"""Where results are put: under a name of their own, and never over anything else, unless that is what is asked."""

import threading
from collections.abc import Iterable, Iterator
from itertools import chain, count
from pathlib import Path, PurePath
from shutil import copymode

from imgopt_client.errors import FileRefused
from imgopt_client.sources import Source

# Spellings of one format.
SAME_SUFFIX = {".jpeg": ".jpg", ".tif": ".tiff", ".heif": ".heic"}


class OutputWriter:
    """`inputs` are never written over, other files only where `overwrite` says so, results of this run neither."""

    def __init__(self, inputs: Iterable[Path], *, overwrite: bool) -> None:
        self.used = {casefold_path(path) for path in inputs}
        self.overwrite = overwrite
        self.lock = threading.Lock()

    def rename(self, part: Path, name: str, previous: Path | None = None) -> Path:
        """Gives a finished file its name, next to itself. `previous` is what an earlier run made of the same input."""
        with self.lock:
            names = chain([name], (f"{number}-{name}" for number in count(2)))
            paths: Iterator[Path] = (part.with_name(each) for each in names)
            if previous and self.overwrite:
                paths = chain([previous], paths)
            path = next(each for each in paths if self._is_free(each))
            part.replace(path)
            self.used.add(casefold_path(path))
        return path

    def _is_free(self, path: Path) -> bool:
        if casefold_path(path) in self.used or path.is_dir():
            return False
        return self.overwrite or not (path.exists() or path.is_symlink())


def replace_input(part: Path, path: Path) -> None:
    """Puts a result, next to its input, in the input's place. What is a link goes on to be one."""
    target = path.resolve()
    copymode(target, part)
    part.replace(target)


def check_replaceable(source: Source, name: str) -> None:
    """Raises FileRefused where the result is of another kind than the input's name says."""
    if source.path is None:
        raise FileRefused("It is no file of this machine, and can't be replaced.")
    before, after = (SAME_SUFFIX.get(each, each) for each in (suffix_of(source.path), suffix_of(PurePath(name))))
    if before != after:
        raise FileRefused(f"The result is a file {after or 'without a suffix'}, and does not replace one {before}.")


def suffix_of(path: PurePath) -> str:
    return path.suffix.lower()


def casefold_path(path: Path) -> str:
    """Some file systems take names that differ in case alone for one."""
    return str(path).casefold()
