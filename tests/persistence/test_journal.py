import sqlite3
import subprocess
import sys

import pytest

from local.persistence.journal import JOURNAL_FORMAT, PUT_RECORD, REMOVE_RECORD, Journal, NotStored, OtherVersion

ONE, TWO = ("table", "a", "1"), ("table", "b", "1")


def test_writes_outlive_a_killed_process(tmp_path):
    script = (
        "import os, pathlib, signal; from local.persistence.journal import Journal;"
        f"journal = Journal(pathlib.Path({str(tmp_path / 'state.db')!r}));"
        "journal.write({('table', 'a', '1'): 'x'}, {('sqs', ''): 'y'}); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script], check=False)
    found = Journal(tmp_path / "state.db")
    assert (dict(found.records()), found.entries()) == ({ONE: "x"}, {("sqs", ""): "y"})


def test_commits_are_atomic(journal, tmp_path):
    """A process that dies between the parts of a commit has changed nothing."""
    journal.write({ONE: "before"}, {})
    journal.connection.execute("BEGIN IMMEDIATE")
    journal._change(PUT_RECORD, REMOVE_RECORD, {ONE: "after"})
    journal.connection.close()  # without COMMIT, as when it is killed
    assert dict(Journal(tmp_path / "state.db").records()) == {ONE: "before"}


def test_writing_none_removes_the_record(journal):
    journal.write({ONE: "x", TWO: "y"}, {("sqs", ""): "z"})
    journal.write({ONE: None}, {("sqs", ""): None})
    assert (dict(journal.records()), journal.entries()) == ({TWO: "y"}, {})


def test_a_full_disk_is_an_error_and_changes_nothing(journal):
    journal.write({ONE: "before"}, {})
    fill(journal)
    with pytest.raises(NotStored, match="full"):
        journal.write({ONE: "after", TWO: "x" * 100_000}, {})
    assert dict(journal.records()) == {ONE: "before"}
    journal.connection.execute("PRAGMA max_page_count = 100000")
    journal.write({TWO: "there is room again"}, {})
    assert dict(journal.records()) == {ONE: "before", TWO: "there is room again"}


def fill(journal: Journal) -> None:
    """SQLite's own limit has the error of a full disk."""
    journal.connection.execute("PRAGMA max_page_count = 1")


def test_a_folder_that_cannot_be_used_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotStored):
        Journal(tmp_path / "file" / "state.db")


def test_a_damaged_file_is_said(tmp_path):
    (tmp_path / "state.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(NotStored, match="not a database"):
        Journal(tmp_path / "state.db")


def test_a_newer_version_is_refused_and_left_alone(journal, tmp_path):
    journal.close()
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute(f"PRAGMA user_version = {JOURNAL_FORMAT + 1}")
    with pytest.raises(OtherVersion, match=f"format {JOURNAL_FORMAT + 1}"):
        Journal(tmp_path / "state.db")


def test_a_long_log_is_taken_up_by_the_file(journal, monkeypatch):
    monkeypatch.setattr("local.persistence.journal.LARGEST_LOG", 0)
    for number in range(50):
        journal.write({("table", str(number), "1"): "x" * 10_000}, {})
    journal.sync()
    before = journal._log_size()
    for number in range(50):
        journal.write({("table", str(number), "1"): "y" * 10_000}, {})
    assert journal._log_size() <= before + 100_000  # written over, not after
