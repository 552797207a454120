"""Credits that were bought are used after those of the day, and outlive it."""

from datetime import UTC, datetime, timedelta

import pytest

from imgopt.accounts.model import Credential, Principal
from imgopt.accounts.plans import Tier
from imgopt.credits import ledger
from imgopt.credits.model import Balance, Purchased
from imgopt.credits.service import balance, refresh
from imgopt.storage import table
from imgopt.storage.transactions import ConditionFailed, write_all

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GUEST = Principal("guest-1", Tier.UNREGISTERED, Credential.SESSION)
USER = Principal("user-1", Tier.FREE, Credential.JWT)


def take(principal: Principal, cost: int, now: datetime = NOON) -> None:
    known = balance(principal, now)
    write_all(ledger.debit_all(principal.id, known, cost, cost - known.of_period(cost)))


@pytest.fixture
def bought(aws) -> None:
    """Five credits of the guest."""
    write_all([ledger.add_purchased(GUEST.id, 5, NOON)])


def test_purchased_credits_add_to_what_is_left(bought):
    found = balance(GUEST, NOON)
    assert (found.limit, found.used, found.purchased, found.remaining) == (20, 0, Purchased(5, 0), 25)


def test_the_days_own_credits_are_used_first(bought):
    take(GUEST, 18)
    assert balance(GUEST, NOON).purchased == Purchased(5, 0)
    take(GUEST, 4)
    found = balance(GUEST, NOON)
    assert (found.used, found.purchased, found.remaining) == (20, Purchased(5, 2), 3)


def test_purchased_credits_are_there_the_next_day(bought):
    take(GUEST, 22)
    assert balance(GUEST, NOON + DAY).remaining == 23
    refresh(NOON + 2 * DAY)
    assert balance(GUEST, NOON + 2 * DAY).purchased == Purchased(5, 2)


def test_no_more_is_taken_than_was_bought_whatever_was_read_before(bought):
    before = balance(GUEST, NOON)
    take(GUEST, 24)
    with pytest.raises(ConditionFailed):
        write_all(ledger.debit_all(GUEST.id, before, 2, 2))
    with pytest.raises(ConditionFailed):
        write_all([ledger.debit_purchased(USER.id, Purchased(9, 0), 1)])
    assert balance(GUEST, NOON).remaining == 1


def test_a_smaller_plan_takes_nothing_of_what_was_bought(aws):
    write_all([ledger.add_purchased(USER.id, 5, NOON)])
    known = balance(USER, NOON)
    assert Balance(known.tier, known.period, limit=20, used=50, purchased=known.purchased).remaining == 5


def test_a_guests_credits_are_kept_as_long_as_its_token_and_a_users_for_good(bought):
    write_all([ledger.add_purchased(USER.id, 5, NOON)])
    known = {item["pk"]: item for item in table.scan(ledger.KIND)}
    assert known[f"CREDITS#{GUEST.id}"]["ttl"] == int((NOON + timedelta(days=38)).timestamp())
    assert "ttl" not in known[f"CREDITS#{USER.id}"]


def test_an_account_that_is_deleted_leaves_none(bought):
    ledger.forget(GUEST.id)
    assert balance(GUEST, NOON).remaining == 20
