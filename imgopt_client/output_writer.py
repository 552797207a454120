"""Where results are put: under a name of their own, and never over anything else, unless that is what is asked."""

import threading
from collections.abc import Iterable, Iterator
from itertools import chain, count
from pathlib import Path


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


def casefold_path(path: Path) -> str:
    """Some file systems take names that differ in case alone for one."""
    return str(path).casefold()
