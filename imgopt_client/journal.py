"""A file of JSON lines. Concurrent runs append to it, each line with one write."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """A journal, which only its owner can read. `position` is the number of bytes that were read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0

    def append(self, entry: dict[str, Any]) -> None:
        """Raises OSError."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, json.dumps(entry).encode() + b"\n")
        finally:
            os.close(file)

    def rewind(self) -> None:
        self.position = 0

    def read_new(self) -> Iterator[dict[str, Any]]:
        """The entries that were appended since the last call. Incomplete lines are read later, damaged ones skipped."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.position)
                lines = file.read()
        except OSError:
            return
        whole = lines[: lines.rfind(b"\n") + 1]
        self.position += len(whole)
        for line in whole.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                yield entry

    def remove(self) -> None:
        """Deletes the file, unless something was appended after it was read."""
        try:
            if self.path.stat().st_size == self.position:
                self.path.unlink()
        except FileNotFoundError:
            pass
