import os
import sqlite3
import stat
from types import SimpleNamespace

import pytest

from local.data_folder import KEPT_SECONDS, LOCK_NAME, prepare_folder, remove_demo_folders
from local.persistence.journal import JOURNAL_FORMAT
from local.processes import only_one


def test_a_new_folder_is_nobody_elses(tmp_path):
    prepare_folder(tmp_path / "new" / "up")
    assert stat.S_IMODE((tmp_path / "new" / "up").stat().st_mode) == 0o700


def test_leftovers_of_earlier_runs_go_and_data_stay(tmp_path):
    (tmp_path / "tmp").mkdir()
    for name in ("tmp/body", "api.log", "gone.log", "lock"):
        (tmp_path / name).write_text("")
    prepare_folder(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "tmp"]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_file_in_its_place_is_said(tmp_path):
    (tmp_path / "up").write_text("")
    with pytest.raises(RuntimeError, match=r"up can't be used: File exists; set IMGOPT_LOCAL_FOLDER to another one$"):
        prepare_folder(tmp_path / "up")


def test_a_folder_that_cannot_be_written_is_said(tmp_path, monkeypatch):
    def refuse(*_, **__) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(RuntimeError, match="Permission denied"):
        prepare_folder(tmp_path / "up")


def test_a_full_disk_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=3 * 1024 * 1024))
    with pytest.raises(RuntimeError, match="has 3 MB left, but 32 MB are needed"):
        prepare_folder(tmp_path)


def test_data_of_a_newer_version_are_refused_with_what_to_do(tmp_path):
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute(f"PRAGMA user_version = {JOURNAL_FORMAT + 1}")
    with pytest.raises(
        RuntimeError, match=r"newer version .*; start that version, or set IMGOPT_LOCAL_FOLDER to another folder"
    ):
        prepare_folder(tmp_path)
    assert (tmp_path / "state.db").exists()


def test_damaged_data_are_said(tmp_path):
    (tmp_path / "state.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(RuntimeError, match="not a database"):
        prepare_folder(tmp_path)


def test_demonstrations_that_were_killed_go_a_day_later(tmp_path):
    for name in ("demo-new", "demo-old", "demo-busy", "up"):
        (tmp_path / name).mkdir()
        (tmp_path / name / LOCK_NAME).write_text("")
    for name in ("demo-old", "demo-busy", "up"):
        age(tmp_path / name)
    with only_one(tmp_path / "demo-busy" / LOCK_NAME, "in use"):
        age(tmp_path / "demo-busy")
        assert [path.name for path in remove_demo_folders(tmp_path)] == ["demo-old"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo-busy", "demo-new", "up"]


def age(path) -> None:
    moment = path.stat().st_mtime - KEPT_SECONDS - 60
    os.utime(path, (moment, moment))
