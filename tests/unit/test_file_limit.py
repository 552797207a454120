"""The number of files that processes of the local cloud may open: macOS allows 256 by default."""

import resource
from collections.abc import Iterator

import pytest

from local import processes


@pytest.fixture(autouse=True)
def limits() -> Iterator[tuple[int, int]]:
    known = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield known
    resource.setrlimit(resource.RLIMIT_NOFILE, known)


def test_a_low_limit_is_raised_as_far_as_it_may_be(limits):
    _, hard = limits
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    processes.raise_file_limit()
    wanted = processes.OPEN_FILES if hard == resource.RLIM_INFINITY else min(processes.OPEN_FILES, hard)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (wanted, hard)


def test_a_higher_one_stays(limits, monkeypatch):
    monkeypatch.setattr(processes, "OPEN_FILES", 10)
    processes.raise_file_limit()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == limits
