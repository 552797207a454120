"""The state of earlier runs: finished inputs, and jobs whose results were not downloaded yet.

The state is stored in the user's state folder, with one file for each folder of results. A run appends to a journal,
and merges it into the file when it ends. A killed run leaves its journal, and concurrent runs read the same journal.
"""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from imgopt_client.journal import Journal
from imgopt_client.private_file import user_folder, write_private_file

# Earlier versions stored the state beside the results: it is read there once, and moved.
EARLIER_NAME = ".imgopt-resume.json"
STATE_VERSION = 1
NO_VERSION = (0, 0)


def default_state_folder(environment: Mapping[str, str]) -> Path:
    return user_folder(environment, "XDG_STATE_HOME", ".local/state")


@dataclass(frozen=True)
class Record:
    """The state of an input, and its job or result. The stored file has the same fields.

    `kept` is true if the input was kept because the result saved too little. `upload_id` is the upload for which a job
    was requested, or about to be. `replaced` is the stamp of the result that replaces the input.
    """

    input: str
    stamp: list[int] | None
    job_id: str | None = None
    result: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    kept: bool = False
    upload_id: str | None = None
    replaced: list[int] | None = None


def record_key(location: str, settings: Mapping[str, Any], server: str) -> str:
    """The key of a record: it depends on the input, the settings and the server."""
    return sha256(json.dumps([location, dict(settings), server], sort_keys=True).encode()).hexdigest()[:32]


class ResumeState:
    """The state of one folder of results. Only its owner can read it, as a job's id gives access to the result."""

    def __init__(self, folder: Path, state_folder: Path) -> None:
        self.folder, self.earlier = folder, folder / EARLIER_NAME
        self.path = state_folder / f"{sha256(str(folder).encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.json"
        self.journal, self.lock = Journal(self.path.with_suffix(".journal")), threading.Lock()
        self.unwritten, self.problem, self.version = dict[str, Record | None](), "", NO_VERSION
        self.records = self._load()
        self.result_sizes = {
            each.result: each.facts.get("after")
            for each in self.records.values()
            if each.result and folder / each.result != Path(each.input)
        }

    def get(self, key: str) -> Record | None:
        """The record of a key, including those that a concurrent run has added."""
        with self.lock:
            if self.version != version_of(self.path):
                self.records = self._load()
            else:
                apply(self.records, changes_of(self.journal))
            return self.records.get(key)

    def put(self, key: str, record: Record) -> None:
        self._change(key, record)

    def remove(self, key: str) -> None:
        self._change(key, None)

    def close(self) -> None:
        """Merges the journal into the file."""
        with self.lock:
            if self.unwritten or self.journal.path.exists():
                self._try(self._save)

    def _load(self) -> dict[str, Record]:
        self.version = version_of(self.path)
        records = load_state(self.path if self.path.exists() else self.earlier)
        self.journal.rewind()
        apply(records, changes_of(self.journal))
        apply(records, self.unwritten.items())
        return records

    def _change(self, key: str, record: Record | None) -> None:
        entry = {"key": key, "record": asdict(record) if record else None}
        with self.lock:
            apply(self.records, [(key, record)])
            try:
                self.journal.append(entry)
            except OSError:
                self.unwritten[key] = record

    def _save(self) -> None:
        self.records = self._load()
        records = {key: asdict(record) for key, record in self.records.items()}
        content = {"version": STATE_VERSION, "folder": str(self.folder), "records": records}
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private_file(self.path, json.dumps(content, indent=1))
        self.journal.remove()
        self.earlier.unlink(missing_ok=True)

    def _try(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self.problem = f"The state of this run can't be stored in {self.path.parent}: {error.strerror}."


def version_of(path: Path) -> tuple[int, int]:
    """A value that changes whenever a run writes the file."""
    try:
        state = path.stat()
    except OSError:
        return NO_VERSION
    return state.st_ino, state.st_mtime_ns


Changes = Iterable[tuple[str, Record | None]]


def apply(records: dict[str, Record], changes: Changes) -> None:
    for key, record in changes:
        if record:
            records[key] = record
        else:
            records.pop(key, None)


def changes_of(journal: Journal) -> Changes:
    """The changes in a journal. Entries of unknown form are skipped."""
    for entry in journal.read_new():
        try:
            yield entry["key"], Record(**entry["record"]) if entry["record"] else None
        except (KeyError, TypeError):
            continue


def load_state(path: Path) -> dict[str, Record]:
    """The records of a file. Empty if it is missing or of an unknown version: then all files are processed again."""
    try:
        content = json.loads(path.read_bytes())
        records = content["records"] if content["version"] == STATE_VERSION else {}
        return {key: Record(**record) for key, record in records.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


class ResumeStates:
    """The states of all folders of results, stored in `state_folder`."""

    def __init__(self, state_folder: Path) -> None:
        self.state_folder = state_folder
        self.lock = threading.Lock()
        self.states: dict[Path, ResumeState] = {}

    def for_folder(self, folder: Path) -> ResumeState:
        with self.lock:
            if folder not in self.states:
                self.states[folder] = ResumeState(folder, self.state_folder)
            return self.states[folder]

    def is_result(self, path: Path) -> bool:
        """Whether the file is a result of an earlier run that was not changed since."""
        size = self.for_folder(path.parent).result_sizes.get(path.name)
        return size is not None and path.is_file() and path.stat().st_size == size

    def close(self) -> list[str]:
        """Closes all states, and returns the reasons why some could not be stored."""
        for state in self.states.values():
            state.close()
        return sorted({state.problem for state in self.states.values() if state.problem})
