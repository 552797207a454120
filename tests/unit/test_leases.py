"""Leases: a limited number for each client, over all processes, and each ends by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from imgopt import clock
from imgopt.errors import RateLimited
from imgopt.quotas import leases
from imgopt.storage import clients
from tests.conftest import TABLE

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at(aws, monkeypatch):
    def set_time(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_time(NOON)
    return set_time


def take(whom: str = "192.0.2.1", kind: str = "streams") -> leases.Lease:
    return leases.take_lease(kind, whom, 2, "Too many.")


def test_leases_beyond_the_limit_are_refused():
    held = [take(), take()]
    with pytest.raises(RateLimited, match=r"Too many\. Try again in 5 s\."):
        take()
    leases.release_lease(held[0])
    assert take()


def test_leases_are_counted_by_client_and_kind():
    held = [take(), take(), take("192.0.2.2"), take(kind="downloads")]
    assert len({lease.name for lease in held}) == 4


def test_leases_of_a_dead_process_expire(at):
    held = [take(), take()]
    at(NOON + timedelta(minutes=10))
    assert {take().name, take().name}.isdisjoint(lease.name for lease in held)


def test_addresses_are_not_kept():
    take()
    assert "192.0.2.1" not in str(clients.dynamodb().scan(TableName=TABLE)["Items"])
