"""Starting and stopping the embedded cloud, without a real one."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from local import cloud
from local.emulator import launch
from local.processes import listen


class Process:
    """Notes in `events` what is asked of it, in order."""

    def __init__(self, name: str, events: list[str], status: int = 0) -> None:
        self.name, self.events, self.process = name, events, SimpleNamespace(returncode=status)

    def __enter__(self) -> "Process":
        self.events.append(f"{self.name} starts")
        return self

    def __exit__(self, *_: object) -> None:
        self.events.append(f"{self.name} is waited for")

    def ask_to_end(self) -> None:
        self.events.append(f"{self.name} is asked to end")

    def wait_until(self, *_: object) -> None:
        self.events.append(f"{self.name} is ready")

    def last_lines(self, _: int) -> list[str]:
        return ["not saved: database or disk is full"]


@pytest.mark.parametrize("crash", [None, KeyError("anything")])
def test_processes_are_all_asked_to_end_before_any_is_waited_for(crash, monkeypatch, tmp_path):
    events: list[str] = []
    monkeypatch.setattr(cloud, "upscale_worker", lambda *_: Process("worker", events))
    monkeypatch.setattr(cloud, "http_server", lambda *_: Process("server", events))
    with raising(crash), cloud.programs(tmp_path, 1, None, None):
        events.append("serves")
        if crash:
            raise crash
    stopping = events[events.index("serves") + 1 :]
    assert sorted(stopping[:2]) == ["server is asked to end", "worker is asked to end"]
    assert sorted(stopping[2:]) == ["server is waited for", "worker is waited for"]


@contextmanager
def raising(error: Exception | None):
    try:
        yield
    except KeyError as raised:
        assert raised is error


def test_stopping_takes_at_most_ten_seconds():
    """The two at the same time, then the emulator; each with what it had started."""
    patience = cloud.Child("any", [], {}, None).patience
    assert patience + cloud.SAVE_SECONDS + 1 <= 10


@pytest.mark.parametrize("status", [0, -9])
def test_an_emulator_that_has_saved_or_was_killed_is_no_error(status, monkeypatch, tmp_path):
    stop(status, monkeypatch, tmp_path)


def test_unsaved_data_is_an_error_at_the_end(monkeypatch, tmp_path):
    with pytest.raises(RuntimeError, match=r"not all data could be saved in .*: not saved: database or disk is full"):
        stop(launch.NOT_SAVED, monkeypatch, tmp_path)


def stop(status, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(cloud, "Child", lambda *_: Process("emulator", [], status))
    access = SimpleNamespace(environment={})
    with listen() as gate, cloud.emulator_in(tmp_path, gate, access, 1, keep=True):
        pass


def test_gateway_port_of_the_emulator_is_the_same_in_each_run(tmp_path):
    names = []
    for _ in range(2):
        with listen() as gate:
            access = SimpleNamespace(environment={})
            names.append(cloud.emulator_environment(gate, access, tmp_path, keep=True)["GATEWAY_PORT"])
    assert names[0] == names[1]
