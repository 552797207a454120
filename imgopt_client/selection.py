"""Patterns: which files they name, and which they leave out."""

import glob
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePath


def is_pattern(name: str) -> bool:
    """Where a file has exactly that name, that file is meant: `[` and `*` are letters, too."""
    return glob.has_magic(name) and not Path(name).exists()


def find_matches(pattern: str) -> Iterator[Path]:
    """Absolute paths, sorted; `**` stands for any depth of folders. Hidden ones are not found."""
    for name in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - absolute too
        yield Path(name).absolute()


def fixed_folder(pattern: str) -> Path:
    """The folder that all matches are in: what comes before the first part with a wildcard."""
    parts: list[str] = []
    for part in Path(pattern).parts[:-1]:
        if glob.has_magic(part):
            break
        parts.append(part)
    return Path(*parts).absolute()


def is_excluded(path: PurePath, patterns: Sequence[str]) -> bool:
    """Whether a pattern fits the whole relative path, its name, or a folder that it is in. `*` fits slashes, too."""
    names = (path.as_posix(), *path.parts)
    return any(fnmatchcase(name, pattern.strip("/")) for pattern in patterns for name in names)
