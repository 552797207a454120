"""Names results in their folder, without overwriting other files unless `overwrite` is set."""

import threading
from collections.abc import Iterable, Iterator
from itertools import chain, count
from pathlib import Path


class OutputWriter:
    """Names results. It never overwrites `inputs` and results of this run; other files only with `overwrite`."""

    def __init__(self, inputs: Iterable[Path], *, overwrite: bool) -> None:
        self.used = {casefold_path(path) for path in inputs}
        self.overwrite = overwrite
        self.lock = threading.Lock()

    def rename(self, part: Path, name: str, previous: Path | None = None) -> Path:
        """Renames a finished file in its folder. `previous` is the result of the same input in an earlier run."""
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
    """The path in one case, because some file systems ignore case."""
    return str(path).casefold()
