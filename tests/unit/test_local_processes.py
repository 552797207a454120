"""Signals that end a program on a laptop. tests/e2e/test_processes.py tests the whole `make up`."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.processes import ENDING_SIGNALS, Stopped, end_on_signals, is_of_group


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    known = {number: signal.getsignal(number) for number in ENDING_SIGNALS}
    yield
    for number, handler in known.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_asks_to_end_unwinds_the_stack(number):
    end_on_signals()
    with pytest.raises(Stopped, match=number.name):
        signal.raise_signal(number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_job_in_the_background_of_a_shell_ends_all_the_same(number):
    """Shells have them ignore Ctrl-C."""
    signal.signal(number, signal.SIG_IGN)
    end_on_signals()
    with pytest.raises(Stopped, match=number.name):
        signal.raise_signal(number)


def test_nohup_is_heeded():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    end_on_signals()
    signal.raise_signal(signal.SIGHUP)


@pytest.mark.parametrize(
    ("stat", "is_in_it"),
    [
        ("7 (a) S 1 42 9", True),
        ("7 (a) b) c) R 1 42 9", True),  # whatever it is called
        ("7 (a) Z 1 42 9", False),  # has ended, and somebody has to ask for how
        ("7 (a) S 42 7 42", False),
        ("", False),
    ],
)
def test_processes_of_a_group_are_those_that_still_run(stat, is_in_it, tmp_path):
    (tmp_path / "stat").write_text(stat)
    assert is_of_group(tmp_path / "stat", 42) == is_in_it


def test_a_process_that_is_gone_is_in_no_group():
    assert not is_of_group(Path("/nowhere/stat"), 42)
