"""A file of lines of JSON, to which runs that go on side by side append, each line at once."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """Its owner alone may read it. `position` tells how much of it has been read."""

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
        """What was appended since the last time. A line that is not whole is left, and one that is damaged skipped."""
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
        """Unless something was appended since it was read."""
        try:
            if self.path.stat().st_size == self.position:
                self.path.unlink()
        except FileNotFoundError:
            pass
