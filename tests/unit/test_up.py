import os
import socket
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from imgopt.settings import settings
from local import data_folder, up
from local.connection import ServiceConnection, left_in
from local.emulator.access import EmulatorAccess
from local.emulator.keys import new_access_key
from local.processes import listen, only_one
from local.up import NO_SETTINGS, check_settings, free_port_of


@pytest.mark.parametrize("text", ["abc", "0", "99999", "65536", "-1", "80 ", "8e3", "٨٠", "8080.0", "9" * 5000])
def test_a_port_that_is_none_is_said(text):
    with pytest.raises(RuntimeError, match=f"PORT has to be a number from 1 to 65535, not {text}"):
        free_port_of(text)


@pytest.mark.parametrize("listening", [True, False])
def test_a_port_that_is_bound_is_said_whether_or_not_it_answers(listening):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        if listening:
            taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RuntimeError, match=f"port {port} is in use"):
            free_port_of(str(port))


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """`main` sets limits for the processes that it starts."""
    with patch.dict(os.environ):
        yield
    settings.cache_clear()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(up, "FOLDER", tmp_path / "up")
    return tmp_path / "up"


def test_a_taken_port_is_said_before_anything_is_started(monkeypatch, capsys):
    monkeypatch.setattr(up, "end_on_signals", lambda: None)
    monkeypatch.setattr(up, "running", None)
    with listen() as taken:
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        assert up.main() == 1
    assert f"port {os.environ['PORT']} is in use" in capsys.readouterr().err


def test_another_server_of_the_folder_is_said_with_its_address_and_not_its_port(folder, monkeypatch, capsys):
    monkeypatch.setattr(up, "end_on_signals", lambda: None)
    connection = ServiceConnection("http://127.0.0.1:9000", EmulatorAccess("http://127.0.0.1:1", new_access_key()), {})
    with listen() as taken, only_one(folder / data_folder.LOCK_NAME, ""), left_in(folder, connection):
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        assert up.main() == 1
    assert capsys.readouterr().err == f"imgopt: another `make up` serves from {folder}, on http://127.0.0.1:9000\n"


def test_a_port_of_administrators_is_said(monkeypatch):
    def refuse(port: int) -> socket.socket:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("local.up.listen", refuse)
    with pytest.raises(RuntimeError, match="port 80 needs administrator rights"):
        free_port_of("80")


def test_a_free_port_stays_free():
    with listen() as found:
        port = found.getsockname()[1]
    assert free_port_of(str(port)) == port
    listen(port).close()


def test_connections_before_the_start_wait(monkeypatch):
    """So an emulator can be restarted without an error for any client."""
    with listen() as gate, socket.create_connection(gate.getsockname(), timeout=5) as early:
        early.sendall(b"x")
        connection, _ = gate.accept()
        assert connection.recv(1) == b"x"
        connection.close()


def test_a_lock_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RuntimeError, match="can't be used"), only_one(tmp_path / "file" / "lock", "in use"):
        pass


@pytest.mark.parametrize(
    "error", [OSError(30, "Read-only file system", "/data"), OSError(28, "No space left on device")]
)
def test_disk_error_is_reported_in_a_sentence(error, monkeypatch, capsys):
    def refuse(_: int) -> None:
        raise error

    monkeypatch.setattr(up, "serve_locally", refuse)
    monkeypatch.setattr(up, "end_on_signals", lambda: None)
    monkeypatch.setattr(up, "free_port_of", lambda _: 1)
    assert up.main() == 1
    said = capsys.readouterr().err
    assert (said.count("\n"), error.strerror in said, "Traceback" in said) == (1, True, False)


def test_a_setting_that_can_not_be_is_said_by_its_name(monkeypatch):
    monkeypatch.setenv("IMGOPT_CREDITS_FREE", "abc")
    with pytest.raises(RuntimeError, match=r"^IMGOPT_CREDITS_FREE: Input should be a valid integer"):
        check_settings()


def test_a_setting_that_there_is_not_is_said_with_the_nearest(monkeypatch, capsys):
    monkeypatch.setenv("IMGOPT_CREDIT_FREE", "100")
    for name in NO_SETTINGS:
        monkeypatch.setenv(name, "x")
    check_settings()
    said = [line for line in capsys.readouterr().err.splitlines() if "stacks" not in line]
    assert said == ["imgopt: IMGOPT_CREDIT_FREE is not a setting. Did you mean IMGOPT_CREDITS_FREE?"]


def test_guests_of_a_laptop_are_limited_all_together_unless_it_is_said(environment, monkeypatch):
    monkeypatch.setenv("IMGOPT_GUESTS_PER_SITE", "7")
    monkeypatch.setenv("IMGOPT_GUESTS_PER_ADDRESS", "")
    monkeypatch.delenv("IMGOPT_GUESTS_PER_ADDRESS")
    monkeypatch.setenv("IMGOPT_RATE_NEW_GUESTS", "")
    monkeypatch.delenv("IMGOPT_RATE_NEW_GUESTS")
    up.share_one_address()
    assert [os.environ[name] for name in up.ONE_ADDRESS] == ["5000", "7", "5000"]
