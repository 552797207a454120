"""Of concurrent calls for one variant one makes it, in any process. If that process dies, another makes it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Lock
from time import monotonic
from types import SimpleNamespace

import pytest

from imgopt import clock
from imgopt.errors import RateLimited, SourceRefused, Unavailable, UnusableSource
from imgopt.settings import settings
from imgopt.storage import table
from imgopt.variants import single_flight
from imgopt.variants.single_flight import make_once


class Shelf:
    """A store in which an image is found once it has been made."""

    def __init__(self) -> None:
        self.lock, self.value, self.made = Lock(), None, 0

    def find(self) -> str | None:
        return self.value

    def make(self) -> str:
        with self.lock:
            self.made += 1
        self.value = "made"
        return "made"


@pytest.fixture
def shelf(aws) -> Shelf:
    return Shelf()


@pytest.fixture
def soon(monkeypatch):
    """Shortens the waiting times."""
    monkeypatch.setattr(single_flight, "SHORTEST_WAIT", 0.001)
    monkeypatch.setattr(single_flight, "WIDEST_PAUSE", 0.01)


def ask_all(number: int, shelf: Shelf) -> list[str]:
    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(lambda _: make_once("image", shelf.find, shelf.make), range(number)))


def item() -> dict:
    return table.get(table.key(single_flight.KIND, "image"))


def test_image_of_a_hundred_is_made_by_one(shelf, soon):
    assert ask_all(100, shelf) == ["made"] * 100
    assert shelf.made == 1


def test_failure_is_told_to_those_who_wait(shelf, soon):
    asked, told = Event(), []

    def fail() -> str:
        asked.wait(5)
        shelf.made += 1
        raise SourceRefused("It is not there.", 410)

    def ask(_: int) -> None:
        try:
            make_once("image", shelf.find, fail)
        except SourceRefused as error:
            told.append((str(error), error.answered))

    with ThreadPoolExecutor(20) as threads:
        running = [threads.submit(ask, number) for number in range(20)]
        asked.set()
        [each.result() for each in running]
    assert told == [("It is not there.", 410)] * 20
    assert shelf.made == 1


def test_failure_is_forgotten_soon(shelf, clock_at):
    def fail() -> str:
        raise UnusableSource("It is broken.")

    for _ in range(2):
        with pytest.raises(UnusableSource, match=r"It is broken\."):
            make_once("image", shelf.find, fail)
    clock_at(seconds=single_flight.FAILED_SECONDS + 1)
    assert make_once("image", shelf.find, shelf.make) == "made"


def test_limit_of_one_client_is_not_told_to_others(shelf):
    def refuse() -> str:
        raise RateLimited("Too many.", 60)

    with pytest.raises(RateLimited):
        make_once("image", shelf.find, refuse)
    assert make_once("image", shelf.find, shelf.make) == "made"


def test_holder_that_died_is_followed_by_another(shelf, soon, clock_at, monkeypatch):
    """The lease ends while all others wait."""
    assert single_flight._take("image", "killed")

    def wait(seconds: float) -> None:
        clock_at(seconds=single_flight.HELD_SECONDS + 1)
        Event().wait(seconds)

    monkeypatch.setattr(single_flight, "time", SimpleNamespace(monotonic=monotonic, sleep=wait))
    assert ask_all(20, shelf) == ["made"] * 20
    assert shelf.made == 1


def test_holder_that_works_is_not_followed(shelf, clock_at, monkeypatch):
    monkeypatch.setattr(single_flight, "RENEWAL_SECONDS", 0.01)
    before = []

    def make() -> str:
        before.append(item()["until"])
        clock_at(seconds=1)
        renewed = Event()
        while item()["until"] == before[0]:
            renewed.wait(0.005)
        return shelf.make()

    assert make_once("image", shelf.find, make) == "made"


def test_holder_that_was_interrupted_makes_way_at_once(shelf):
    def interrupt() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_once("image", shelf.find, interrupt)
    assert make_once("image", shelf.find, shelf.make) == "made"


def test_image_that_has_gone_is_made_anew(shelf, soon):
    assert make_once("image", shelf.find, shelf.make) == "made"
    shelf.value = None
    assert make_once("image", shelf.find, shelf.make) == "made"
    assert shelf.made == 2


def test_waiting_has_an_end(shelf, soon, monkeypatch):
    monkeypatch.setenv("IMGOPT_URL_SECONDS", "0.1")
    settings.cache_clear()
    assert single_flight._take("image", "busy")
    with pytest.raises(Unavailable, match="being processed"):
        make_once("image", shelf.find, shelf.make)


@pytest.fixture
def clock_at(monkeypatch):
    began = clock.now()

    def set_forward(**time: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: began + timedelta(**time))

    return set_forward
