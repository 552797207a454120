"""Secrets in Secrets Manager: cached, and replaced while the service runs."""

from datetime import UTC, datetime, timedelta

import pytest

from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.storage import secrets

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("secret", "parts"),
    [
        ("new, old", ["new", "old"]),
        ("only", ["only"]),
        ('{"current": "new", "previous": "old"}', ["new", "old"]),
        ('{"current": "new", "previous": ""}', ["new"]),
        ("{it begins as an object does", ["{it begins as an object does"]),
        ("12345678", ["12345678"]),
        ("", []),
    ],
)
def test_secret_may_have_several_parts(secret, parts):
    assert secrets.split_secret(secret) == parts


@pytest.fixture
def world(monkeypatch):
    """A store with one secret, and the time."""
    secrets.forget()
    made = World(monkeypatch)
    monkeypatch.setattr(secrets, "_fetch", made.fetch)
    made.at()
    yield made
    secrets.forget()


class World:
    def __init__(self, monkeypatch) -> None:
        self.monkeypatch, self.value, self.is_down, self.reads = monkeypatch, "first", False, 0

    def fetch(self, _: str) -> str:
        self.reads += 1
        if self.is_down:
            raise Unavailable("down")
        return self.value

    def at(self, **later: float) -> None:
        self.monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(**later))


def test_a_secret_is_read_once_in_a_quarter_of_an_hour(world):
    assert [secrets.read("arn"), secrets.read("arn")] == ["first", "first"]
    world.value = "second"
    world.at(minutes=14.9)
    assert secrets.read("arn") == "first"
    world.at(minutes=15)
    assert secrets.read("arn") == "second"
    assert world.reads == 2


def test_rejected_secret_is_read_anew_once_a_minute(world):
    secrets.read("arn")
    world.value = "second"
    assert secrets.renew("arn") == "first"
    world.at(minutes=1)
    assert [secrets.renew("arn"), secrets.renew("arn")] == ["second", "second"]
    assert world.reads == 2


def test_previous_secret_counts_while_the_store_is_down(world):
    secrets.read("arn")
    world.is_down = True
    world.at(hours=1)
    assert secrets.read("arn") == "first"


def test_store_that_is_down_without_a_previous_secret_is_unavailable(world):
    world.is_down = True
    with pytest.raises(Unavailable):
        secrets.read("arn")


def test_a_secret_can_have_several_parts():
    assert secrets.split_secret(" new , old,") == ["new", "old"]
