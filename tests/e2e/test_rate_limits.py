"""Attacks on the counters, on the embedded cloud's DynamoDB: its conditions hold for concurrent writes."""

from collections import Counter
from uuid import uuid4

import pytest

from imgopt import clock
from imgopt.accounts.plans import Tier
from imgopt.quotas import service
from imgopt.quotas.rules import NEW_GUESTS, RULES, UPLOADED_BYTES
from imgopt.units import MEBIBYTE
from tests.e2e.auditing import NOON, at_once

pytestmark = pytest.mark.usefixtures("own_table")
POLL = RULES["token-poll"]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)


def count(key: str) -> service.QuotaStatus:
    return service.count(POLL, key, Tier.UNREGISTERED)


def test_no_more_are_let_through_than_the_limit_says_however_many_ask_at_once():
    key = str(uuid4())
    standings = at_once(*[lambda: count(key)] * 60)
    assert Counter(each.is_refused for each in standings) == {False: 30, True: 30}
    assert count(key).is_refused


def test_admitted_requests_are_told_distinct_remainders():
    key = str(uuid4())
    standings = at_once(*[lambda: count(key)] * 40)
    assert sorted(each.remaining for each in standings if not each.is_refused) == list(range(30))


def test_concurrent_clients_are_counted_apart():
    keys = [str(uuid4()) for _ in range(3)]
    standings = at_once(*[lambda key=key: (key, count(key).is_refused) for key in keys * 32])
    assert Counter(standings) == {(key, refused): 2 if refused else 30 for key in keys for refused in (False, True)}


def test_rules_that_are_counted_together_are_counted_all_or_none():
    key, asked = str(uuid4()), [(NEW_GUESTS, 1), (UPLOADED_BYTES, 30 * MEBIBYTE)]
    standings = at_once(*[lambda: service.count_together(asked, key, Tier.UNREGISTERED)] * 40)
    told = Counter(tuple(each.is_refused for each in statuses) for statuses in standings)
    assert told == {(False, False): 34, (False, True): 6}
    assert service.count(NEW_GUESTS, key, Tier.UNREGISTERED).remaining == NEW_GUESTS.limit_of(Tier.UNREGISTERED) - 35
