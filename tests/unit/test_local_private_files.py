"""Only the user can read the files of the embedded cloud."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local import connection, private_files
from local.connection import ServiceConnection, left_in
from local.emulator.access import EmulatorAccess
from local.emulator.keys import new_access_key
from local.processes import Child, only_one


@pytest.fixture(autouse=True)
def open_to_all():
    """Sets the permissions of new files that most systems have."""
    previous = os.umask(0o022)
    yield
    os.umask(previous)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_folders_are_closed_to_others_with_those_above_them(tmp_path):
    private_files.make_folder(tmp_path / "a" / "b")
    assert (mode(tmp_path / "a"), mode(tmp_path / "a" / "b")) == (0o700, 0o700)


def test_a_folder_that_was_left_open_is_closed(tmp_path, monkeypatch):
    (tmp_path / ".local").mkdir()
    monkeypatch.setattr(private_files, "LOCAL", tmp_path / ".local")
    private_files.make_folder(tmp_path / ".local" / "up")
    assert mode(tmp_path / ".local") == 0o700


def test_a_folder_of_somebody_else_stays_as_it_is(tmp_path):
    (tmp_path / "shared").mkdir()
    private_files.make_folder(tmp_path / "shared")
    assert mode(tmp_path / "shared") == 0o755


def test_children_write_for_their_user_alone(tmp_path):
    script = "from pathlib import Path; Path('made').mkdir(); Path('made/file').touch()"
    command = [sys.executable, "-c", f"import os; os.chdir({str(tmp_path)!r}); {script}"]
    with Child("writer", command, {}, tmp_path / "logs" / "log") as child:
        child.process.wait(30)
    found = [mode(tmp_path / name) for name in ("made", "made/file", "logs", "logs/log")]
    assert found == [0o700, 0o600, 0o700, 0o600]
    with only_one(tmp_path / "locks" / "lock", "in use"):
        assert (mode(tmp_path / "locks"), mode(tmp_path / "locks" / "lock")) == (0o700, 0o600)


def test_the_key_is_left_for_this_user_while_the_cloud_runs(tmp_path):
    running = ServiceConnection(
        "http://127.0.0.1:1", EmulatorAccess("http://127.0.0.1:2", new_access_key()), {"UserPoolId": "p"}
    )
    with left_in(tmp_path, running):
        assert mode(tmp_path / connection.CONNECTION_FILE) == 0o600
        assert connection.find(tmp_path) == running
    with pytest.raises(FileNotFoundError):
        connection.find(tmp_path)


def test_a_file_that_was_left_open_is_not_written_into(tmp_path):
    """Somebody may have it open."""
    (tmp_path / "connection.new").write_text("")
    private_files.write_file(tmp_path / "connection.json", "{}")
    assert mode(tmp_path / "connection.json") == 0o600


def test_signing_up_without_a_cloud_is_told_in_a_sentence(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "local.sign_up", "ada@example.com"],
        env={**os.environ, "IMGOPT_LOCAL_FOLDER": str(tmp_path)},
        cwd=private_files.ROOT,
        input="x\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert f"no service is running in {tmp_path}" in done.stderr
