"""Hosts that do not answer occupy few threads."""

import pytest

from imgopt.errors import SourceTimeout
from imgopt.variants import slow_hosts
from imgopt.variants.slow_hosts import MOST_LATE, SLOW_SECONDS, SlowHosts

URL, OTHER = "https://slow.example/a.jpg", "https://quick.example/a.jpg"


@pytest.fixture
def now(monkeypatch):
    times = [1000.0]
    monkeypatch.setattr(slow_hosts.time, "monotonic", lambda: times[0])
    return times


@pytest.fixture
def hosts(now):
    return SlowHosts()


def take_too_long(hosts, url=URL, count=1):
    for _ in range(count):
        with pytest.raises(SourceTimeout), hosts.asking(url):
            raise SourceTimeout("too long")


def test_host_that_is_slow_is_asked_by_one_at_a_time(hosts):
    take_too_long(hosts, count=MOST_LATE)
    with hosts.asking(URL):
        with pytest.raises(SourceTimeout), hosts.asking("https://SLOW.example/b.jpg"):
            raise AssertionError
        with hosts.asking(OTHER):
            pass


def test_single_slow_source_makes_no_slow_host(hosts):
    for _ in range(MOST_LATE):
        take_too_long(hosts, count=MOST_LATE - 1)
        with hosts.asking(URL), hosts.asking(URL):
            pass


def test_host_that_answers_again_is_asked_by_all(hosts):
    take_too_long(hosts, count=MOST_LATE)
    with hosts.asking(URL):
        pass
    with hosts.asking(URL), hosts.asking(URL):
        pass


def test_host_is_asked_by_all_after_a_while(hosts, now):
    take_too_long(hosts, count=MOST_LATE)
    now[0] += SLOW_SECONDS + 1
    with hosts.asking(URL), hosts.asking(URL):
        pass


def test_request_that_finds_it_slow_lets_the_next_one_ask(hosts):
    take_too_long(hosts, count=MOST_LATE * 3)


def test_failure_of_another_kind_is_an_answer(hosts):
    take_too_long(hosts, count=MOST_LATE)
    with pytest.raises(LookupError), hosts.asking(URL):
        raise LookupError
    with hosts.asking(URL), hosts.asking(URL):
        pass
