"""Patterns of file names, for inputs and for `--exclude`."""

import glob
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePath


def is_pattern(name: str) -> bool:
    """Whether the name is a pattern. It is not if a file has exactly that name, as names can contain `[` and `*`."""
    return glob.has_magic(name) and not Path(name).exists()


def find_matches(pattern: str) -> Iterator[Path]:
    """The absolute paths that match, sorted. `**` matches any depth of folders. Hidden files do not match."""
    for name in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - absolute too
        yield Path(name).absolute()


def fixed_folder(pattern: str) -> Path:
    """The folder before the first part with a wildcard. All matches are in it."""
    parts: list[str] = []
    for part in Path(pattern).parts[:-1]:
        if glob.has_magic(part):
            break
        parts.append(part)
    return Path(*parts).absolute()


def is_excluded(path: PurePath, patterns: Sequence[str]) -> bool:
    """Whether a pattern matches the relative path, its name, or a folder above it. `*` also matches slashes."""
    names = (path.as_posix(), *path.parts)
    return any(fnmatchcase(name, pattern.strip("/")) for pattern in patterns for name in names)
