"""Logs of invocations, as the emulator takes them from the output of functions."""

from queue import Queue
from threading import Thread
from types import SimpleNamespace

import pytest

from local.emulator.invocation_logs import read_log

NEVER = 1000


def worker_that_prints(*lines: str) -> SimpleNamespace:
    printed: Queue = Queue()
    for line in lines:
        printed.put(line)
    return SimpleNamespace(_stderr_queue=printed)


@pytest.mark.parametrize(
    ("lines", "log"),
    [(("",), ""), (("a", "b", ""), "a\nb"), (("a", "", "b", ""), "a\nb"), (("", "a", ""), "a")],
)
def test_a_log_goes_to_the_empty_line_at_its_end(lines, log):
    assert read_log(worker_that_prints(*lines), NEVER) == log


def test_a_log_that_comes_late_is_waited_for():
    worker = worker_that_prints("a")
    Thread(target=lambda: [worker._stderr_queue.put(line) for line in ("b", "")]).start()
    assert read_log(worker, NEVER) == "a\nb"


def test_a_function_that_died_ends_its_log_without_an_empty_line():
    assert read_log(worker_that_prints("a", "b"), 0.01) == "a\nb"
    assert read_log(worker_that_prints(), 0.01) == ""
