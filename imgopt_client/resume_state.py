"""What is remembered of earlier runs: which inputs are done, and which jobs are still to be fetched.

It is kept apart from the results, in the user's folder for such things: one file for each folder of results.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from imgopt_client.private_file import write_private_file

# Earlier versions kept the state beside the results: it is read once more, and moved.
EARLIER_NAME = ".imgopt-resume.json"
STATE_VERSION = 1
# After a save that took a second the next one comes 20 seconds later: saving takes a twentieth of a run at most,
# however many files there are.
SAVE_PAUSE_FACTOR = 20


def default_state_folder(environment: Mapping[str, str]) -> Path:
    """A relative path is to be ignored, says the XDG specification."""
    base = Path(environment.get("XDG_STATE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".local" / "state") / "imgopt"


@dataclass(frozen=True)
class Record:
    """An input as it was, and the job or the result that was made of it. Its fields are those of the stored file.

    `kept` tells that the input stayed as it is, since the result saved too little.
    """

    input: str
    stamp: list[int] | None
    job_id: str | None = None
    result: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    kept: bool = False


def record_key(location: str, settings: Mapping[str, Any], server: str) -> str:
    """The same input with other settings, or at another server, has another key."""
    return sha256(json.dumps([location, dict(settings), server], sort_keys=True).encode()).hexdigest()[:32]


class ResumeState:
    """Of one folder of results, in a file that its owner alone may read: a job's id is enough to fetch its result."""

    def __init__(self, folder: Path, state_folder: Path) -> None:
        self.folder, self.earlier = folder, folder / EARLIER_NAME
        self.path = state_folder / f"{sha256(str(folder).encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.json"
        self.records = load_state(self.path if self.path.exists() else self.earlier)
        self.result_sizes = {
            each.result: each.facts.get("after")
            for each in self.records.values()
            if each.result and folder / each.result != Path(each.input)
        }
        self.lock = threading.Lock()
        self.has_changes, self.next_save, self.problem = False, 0.0, ""

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
        if not self.has_changes:
            return
        began = time.monotonic()
        records = {key: asdict(record) for key, record in self.records.items()}
        content = {"version": STATE_VERSION, "folder": str(self.folder), "records": records}
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private_file(self.path, json.dumps(content, indent=1))
            self.earlier.unlink(missing_ok=True)
        except OSError as error:
            self.problem = f"What is done can't be remembered: {self.path.parent}: {error.strerror}."
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
    """One for each folder that results go to, all kept in `state_folder`."""

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
        """Whether an earlier run made it; one that was changed since is a file like any other."""
        size = self.for_folder(path.parent).result_sizes.get(path.name)
        return size is not None and path.is_file() and path.stat().st_size == size

    def close(self) -> list[str]:
        """What could not be saved, and why."""
        for state in self.states.values():
            state.close()
        return sorted({state.problem for state in self.states.values() if state.problem})
