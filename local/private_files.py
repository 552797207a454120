"""Folders and files of the local cloud that only their owner can read: they contain images and the access key."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UMASK = 0o077
ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"


@contextmanager
def closed_to_others() -> Iterator[None]:
    """A context in which this process creates files that only their owner can read."""
    previous = os.umask(UMASK)
    try:
        yield
    finally:
        os.umask(previous)


def make_folder(folder: Path) -> None:
    """Creates a folder with its parents, and closes folders below `.local` that an earlier version left open."""
    with closed_to_others():
        folder.mkdir(parents=True, exist_ok=True)
    if folder.is_relative_to(LOCAL):
        LOCAL.chmod(0o777 & ~UMASK)


def write_file(path: Path, text: str) -> None:
    """Writes a file atomically."""
    made = path.with_suffix(".new")
    made.unlink(missing_ok=True)
    with closed_to_others():
        made.write_text(text)
    made.replace(path)
