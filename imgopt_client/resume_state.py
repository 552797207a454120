"""What an output folder remembers of earlier runs: which inputs are done, and which jobs are still to be fetched."""

import json
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from imgopt_client.credentials import write_privately

NAME = ".imgopt-resume.json"
VERSION = 1
# Of the time of a run, saving takes a twentieth at most, however many files there are.
SAVING_SHARE = 20


@dataclass(frozen=True)
class Record:
    """An input as it was, and the job or the result that was made of it."""

    input: str
    stamp: list[int] | None
    job_id: str | None = None
    result: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def key_of(location: str, settings: Mapping[str, Any], server: str) -> str:
    """The same input, asked for differently or elsewhere, is another matter."""
    return sha256(json.dumps([location, dict(settings), server], sort_keys=True).encode()).hexdigest()[:32]


class Journal:
    """Kept in a file that its owner alone may read: who knows the id of a job can fetch its result."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / NAME
        self.records = load(self.path)
        self.results = {record.result: record.facts.get("after") for record in self.records.values() if record.result}
        self.lock = threading.Lock()
        self.changed, self.next_save = False, 0.0

    def note(self, key: str, record: Record | None) -> None:
        """None forgets."""
        with self.lock:
            if record is None:
                self.changed |= self.records.pop(key, None) is not None
            else:
                self.records[key], self.changed = record, True
            if time.monotonic() >= self.next_save:
                self._save()

    def close(self) -> None:
        with self.lock:
            self._save()

    def _save(self) -> None:
        """A folder that can't be written to is told of where the result itself is written."""
        if not self.changed:
            return
        began = time.monotonic()
        content = {"version": VERSION, "records": {key: asdict(record) for key, record in self.records.items()}}
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_privately(self.path, json.dumps(content, indent=1))
        ended = time.monotonic()
        self.changed, self.next_save = False, ended + SAVING_SHARE * (ended - began)


def load(path: Path) -> dict[str, Record]:
    """Nothing where there is none, or none that this version understands: then all is done again."""
    try:
        content = json.loads(path.read_bytes())
        known = content["records"] if content["version"] == VERSION else {}
        return {key: Record(**record) for key, record in known.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


class Journals:
    """One for each folder that results go to."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.journals: dict[Path, Journal] = {}

    def of(self, folder: Path) -> Journal:
        with self.lock:
            if folder not in self.journals:
                self.journals[folder] = Journal(folder)
            return self.journals[folder]

    def is_result(self, path: Path) -> bool:
        """Of an earlier run; one that was changed since is a file like any other."""
        size = self.of(path.parent).results.get(path.name)
        return size is not None and path.is_file() and path.stat().st_size == size

    def close(self) -> None:
        for journal in self.journals.values():
            journal.close()
