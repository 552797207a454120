"""What an output folder keeps of earlier runs: which inputs are done, and which jobs are still to be fetched."""

import json
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from imgopt_client.private_file import write_private_file

FILE_NAME = ".imgopt-resume.json"
STATE_VERSION = 1
# After a save that took a second the next one comes 20 seconds later: saving takes a twentieth of a run at most,
# however many files there are.
SAVE_PAUSE_FACTOR = 20


@dataclass(frozen=True)
class Record:
    """An input as it was, and the job or the result that was made of it. Its fields are those of the stored file."""

    input: str
    stamp: list[int] | None
    job_id: str | None = None
    result: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def record_key(location: str, settings: Mapping[str, Any], server: str) -> str:
    """The same input with other settings, or at another server, has another key."""
    return sha256(json.dumps([location, dict(settings), server], sort_keys=True).encode()).hexdigest()[:32]


class ResumeState:
    """Kept in a file that its owner alone may read: who knows the id of a job can fetch its result."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / FILE_NAME
        self.records = load_state(self.path)
        self.result_sizes = {
            record.result: record.facts.get("after") for record in self.records.values() if record.result
        }
        self.lock = threading.Lock()
        self.has_changes, self.next_save = False, 0.0

    def put(self, key: str, record: Record) -> None:
        with self.lock:
            self.records[key], self.has_changes = record, True
            self._save_when_due()

    def remove(self, key: str) -> None:
        with self.lock:
            self.has_changes |= self.records.pop(key, None) is not None
            self._save_when_due()

    def close(self) -> None:
        with self.lock:
            self._save()

    def _save_when_due(self) -> None:
        if time.monotonic() >= self.next_save:
            self._save()

    def _save(self) -> None:
        """A folder that can't be written to is told of where the result itself is written."""
        if not self.has_changes:
            return
        began = time.monotonic()
        content = {"version": STATE_VERSION, "records": {key: asdict(record) for key, record in self.records.items()}}
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_private_file(self.path, json.dumps(content, indent=1))
        ended = time.monotonic()
        self.has_changes, self.next_save = False, ended + SAVE_PAUSE_FACTOR * (ended - began)


def load_state(path: Path) -> dict[str, Record]:
    """Nothing where there is none, or none that this version understands: then all is done again."""
    try:
        content = json.loads(path.read_bytes())
        records = content["records"] if content["version"] == STATE_VERSION else {}
        return {key: Record(**record) for key, record in records.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


class ResumeStates:
    """One for each folder that results go to."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.states: dict[Path, ResumeState] = {}

    def for_folder(self, folder: Path) -> ResumeState:
        with self.lock:
            if folder not in self.states:
                self.states[folder] = ResumeState(folder)
            return self.states[folder]

    def is_result(self, path: Path) -> bool:
        """Whether an earlier run made it; one that was changed since is a file like any other."""
        size = self.for_folder(path.parent).result_sizes.get(path.name)
        return size is not None and path.is_file() and path.stat().st_size == size

    def close(self) -> None:
        for state in self.states.values():
            state.close()
