"""Folders and files of the embedded cloud, which hold people's pictures and the key to them: nobody else reads them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UMASK = 0o077
ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"


@contextmanager
def closed_to_others() -> Iterator[None]:
    """Whatever this process makes meanwhile."""
    previous = os.umask(UMASK)
    try:
        yield
    finally:
        os.umask(previous)


def make_folder(folder: Path) -> None:
    """With those above it. What an earlier version left open below `.local` is closed."""
    with closed_to_others():
        folder.mkdir(parents=True, exist_ok=True)
    if folder.is_relative_to(LOCAL):
        LOCAL.chmod(0o777 & ~UMASK)


def write_file(path: Path, text: str) -> None:
    """As a whole or not at all."""
    made = path.with_suffix(".new")
    made.unlink(missing_ok=True)
    with closed_to_others():
        made.write_text(text)
    made.replace(path)
