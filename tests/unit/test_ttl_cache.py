"""Cached values of other services: which threads wait, and how long a value is used."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest

from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.ttl_cache import TtlCache

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Source:
    """Gives numbers, each for so many seconds, or nothing. An attempt takes `seconds` of a clock that stands still."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.seconds, self.attempts, self.answers = NOON, 0, 0, True
        self.asked, self.gate = Event(), Event()
        self.gate.set()
        monkeypatch.setattr(clock, "now", lambda: self.now)

    def fetch(self) -> tuple[int, int]:
        self.attempts += 1
        self.asked.set()
        assert self.gate.wait(10)
        self.now += timedelta(seconds=self.seconds)
        if not self.answers:
            raise Unavailable("No answer.")
        return self.attempts, 60

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def source(monkeypatch) -> Source:
    return Source(monkeypatch)


@pytest.fixture
def kept(source) -> TtlCache[int]:
    return TtlCache("numbers", source.fetch, "No numbers.")


def test_known_value_is_returned_while_it_is_refreshed(source, kept):
    kept.get()
    source.later(minutes=2)
    source.asked.clear()
    source.gate.clear()
    renewing = Thread(target=kept.get)
    renewing.start()
    assert source.asked.wait(10)
    assert (kept.get(), source.attempts) == (1, 2)
    source.gate.set()
    renewing.join()
    assert kept.get() == 2


def test_a_pause_begins_with_the_end_of_an_attempt(source, kept):
    """Otherwise each waiting thread would make its own attempt."""
    source.answers, source.seconds = False, 20
    for _ in range(2):
        with pytest.raises(Unavailable):
            kept.get()
    assert source.attempts == 1
    source.later(seconds=10)
    with pytest.raises(Unavailable):
        kept.get()
    assert source.attempts == 2


@pytest.mark.parametrize(("hours", "counts"), [(23, True), (24, False)])
def test_value_that_can_not_be_refreshed_counts_for_a_day(source, kept, hours, counts):
    kept.get()
    source.answers = False
    source.later(hours=hours)
    if counts:
        assert kept.get() == 1
    else:
        with pytest.raises(Unavailable):
            kept.get()
