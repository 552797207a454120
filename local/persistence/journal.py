"""The journal: one SQLite file with the state of the emulator, except for the bodies of objects.

A commit is atomic. When it returns, it survives a crash of this process; after `sync` also one of the machine.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock

JOURNAL_FORMAT = 1
LARGEST_LOG = 16 * 1024 * 1024  # bytes of the write-ahead log; beyond them a checkpoint blocks writers
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS records (tbl TEXT, pk TEXT, sk TEXT, item TEXT, PRIMARY KEY (tbl, pk, sk))"
    " WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS entries (service TEXT, key TEXT, state TEXT, PRIMARY KEY (service, key)) WITHOUT ROWID",
)
PUT_RECORD = "INSERT OR REPLACE INTO records (tbl, pk, sk, item) VALUES (?, ?, ?, ?)"
REMOVE_RECORD = "DELETE FROM records WHERE tbl = ? AND pk = ? AND sk = ?"
PUT_ENTRY = "INSERT OR REPLACE INTO entries (service, key, state) VALUES (?, ?, ?)"
REMOVE_ENTRY = "DELETE FROM entries WHERE service = ? AND key = ?"
JournalRecord = tuple[str, str, str]  # the table's ARN, partition key, sort key
JournalEntry = tuple[str, str]  # a service, and the name of a part of its state
Changes = Mapping[JournalRecord, str | None] | Mapping[JournalEntry, str | None]


class NotStored(Exception):
    """The data could not be stored. Nothing has changed."""


class OtherVersion(Exception):
    """The data were written by a newer version."""


class Journal:
    def __init__(self, path: Path) -> None:
        """Raises OtherVersion, or NotStored if the file can't be written or is damaged."""
        self.path, self.lock = path, Lock()
        self.written = 0  # the number of commits, for benchmarks
        with stored():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = open_journal(path)
            self._open()
            self.background = open_journal(path)

    def _open(self) -> None:
        found = self.connection.execute("PRAGMA user_version").fetchone()[0]
        if found > JOURNAL_FORMAT:
            raise OtherVersion(f"{self.path} has format {found}, but this version supports {JOURNAL_FORMAT}")
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA wal_autocheckpoint = 0")  # `sync` does checkpoints, for which no request waits
        for statement in SCHEMA:
            self.connection.execute(statement)
        self.connection.execute(f"PRAGMA user_version = {JOURNAL_FORMAT}")

    def write(self, records: Mapping[JournalRecord, str | None], entries: Mapping[JournalEntry, str | None]) -> None:
        """Writes records and entries in one commit. None deletes. Raises NotStored if nothing was written."""
        with self.lock, stored():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                self._change(PUT_RECORD, REMOVE_RECORD, records)
                self._change(PUT_ENTRY, REMOVE_ENTRY, entries)
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise
            self.written += 1

    def _change(self, put: str, remove: str, changes: Changes) -> None:
        self.connection.executemany(put, [(*key, text) for key, text in changes.items() if text is not None])
        self.connection.executemany(remove, [key for key, text in changes.items() if text is None])

    def records(self) -> Iterator[tuple[JournalRecord, str]]:
        for tbl, pk, sk, item in self.connection.execute("SELECT tbl, pk, sk, item FROM records"):
            yield (tbl, pk, sk), item

    def entries(self) -> dict[JournalEntry, str]:
        rows = self.connection.execute("SELECT service, key, state FROM entries")
        return {(service, key): state for service, key, state in rows}

    def sync(self) -> None:
        """Flushes all commits to the disk. Raises NotStored."""
        with stored():
            self.background.execute("PRAGMA wal_checkpoint(PASSIVE)")
            if self._log_size() > LARGEST_LOG:
                self.background.execute("PRAGMA wal_checkpoint(RESTART)")

    def _log_size(self) -> int:
        log = self.path.with_name(f"{self.path.name}-wal")
        return log.stat().st_size if log.exists() else 0

    def close(self) -> None:
        with self.lock:
            self.background.close()
            self.connection.close()


def format_of(path: Path) -> int:
    """The format of the file; 0 if there is none yet. Raises NotStored if it is damaged."""
    if not path.exists():
        return 0
    with stored(), closing(open_journal(path)) as connection:
        found: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return found


def open_journal(path: Path) -> sqlite3.Connection:
    """Opens the file with `synchronous = NORMAL`: only checkpoints wait for the disk."""
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


@contextmanager
def stored() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise NotStored(str(error)) from error
