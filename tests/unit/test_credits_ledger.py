from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from imgopt import clock
from imgopt.accounts.model import Credential, Principal
from imgopt.accounts.plans import Tier
from imgopt.credits import ledger
from imgopt.credits.service import balance, check_balance, refresh
from imgopt.errors import OutOfCredits
from imgopt.storage import table
from imgopt.storage.transactions import ConditionFailed, write_all

pytestmark = pytest.mark.usefixtures("aws")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MIDNIGHT, DAY, HOUR, TICK = NOON + timedelta(hours=12), timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
GUEST = Principal("guest-1", Tier.UNREGISTERED, Credential.SESSION)
STARTER = Principal("user-1", Tier.STARTER, Credential.JWT, period_start=NOON - 3 * DAY, period_end=NOON + 27 * DAY)


def take(principal: Principal, cost: int, now: datetime = NOON) -> None:
    write_all([ledger.debit(principal.id, balance(principal, now), cost)])


def give_back(principal: Principal, amount: int, now: datetime = NOON) -> None:
    write_all([ledger.give_back(principal.id, balance(principal, now).period.name, amount)])


def left(principal: Principal, now: datetime = NOON) -> int:
    return balance(principal, now).remaining


def test_unused_balance_is_the_whole_limit(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    found = balance(GUEST)
    assert (found.tier, found.limit, found.used, found.remaining) == (Tier.UNREGISTERED, 20, 0, 20)
    assert found.resets_at == MIDNIGHT


def test_credits_are_used_when_taken_and_unused_when_refunded():
    take(GUEST, 15)
    give_back(GUEST, 4)
    assert (balance(GUEST, NOON).used, left(GUEST)) == (11, 9)


def test_no_more_is_taken_than_is_left_whatever_was_read_before():
    before = balance(GUEST, NOON)
    take(GUEST, 17)
    with pytest.raises(ConditionFailed):
        write_all([ledger.debit(GUEST.id, before, 4)])
    write_all([ledger.debit(GUEST.id, before, 3)])
    assert left(GUEST) == 0


def test_no_more_is_given_back_than_was_taken():
    take(GUEST, 3)
    with pytest.raises(ConditionFailed):
        give_back(GUEST, 4)
    assert left(GUEST) == 17


def test_insufficient_credits_error_has_tier_limit_remainder_and_reset():
    take(GUEST, 18)
    with pytest.raises(OutOfCredits) as caught:
        check_balance(balance(GUEST, NOON), 4)
    error = caught.value
    assert str(error) == "Insufficient credits. Need 4, have 2."
    assert (error.tier, error.limit, error.remaining, error.needed) == ("unregistered", 20, 2, 4)
    assert error.resets_at == MIDNIGHT


def test_balance_that_equals_the_cost_is_sufficient():
    take(GUEST, 16)
    check_balance(balance(GUEST, NOON), 4)
    take(GUEST, 4)


def test_a_new_day_begins_with_all_and_leaves_the_old_one_as_it_was():
    take(GUEST, 20, MIDNIGHT - TICK)
    take(GUEST, 3, MIDNIGHT)
    assert (left(GUEST, MIDNIGHT - TICK), left(GUEST, MIDNIGHT)) == (0, 17)


def test_late_debit_takes_nothing_from_the_new_day():
    late = balance(GUEST, MIDNIGHT - TICK)
    take(GUEST, 3, MIDNIGHT)
    write_all([ledger.debit(GUEST.id, late, 20)])
    assert (left(GUEST, MIDNIGHT - TICK), left(GUEST, MIDNIGHT)) == (0, 17)


def test_change_of_plan_within_a_period_changes_the_limit_alone():
    take(STARTER, 990)
    upgraded = replace(STARTER, tier=Tier.PRO)
    take(upgraded, 2000)
    assert (left(upgraded), left(STARTER)) == (10, 0)
    with pytest.raises(ConditionFailed):
        write_all([ledger.debit(STARTER.id, balance(STARTER, NOON), 1)])


def test_days_and_paid_periods_of_one_user_are_apart():
    free = replace(STARTER, tier=Tier.FREE)
    take(free, 50)
    assert left(STARTER) == 1000
    take(STARTER, 400)
    assert (left(free), left(STARTER)) == (0, 600)


@pytest.mark.parametrize(("principal", "ends"), [(GUEST, MIDNIGHT + 8 * DAY), (STARTER, NOON + 427 * DAY)])
def test_items_stay_longer_than_their_period(principal, ends):
    take(principal, 1)
    assert next(table.scan(ledger.KIND))["ttl"] == int(ends.timestamp())


def test_days_that_are_over_are_tidied_up():
    for ago in range(3):
        take(GUEST, 5, NOON - ago * DAY)
    take(STARTER, 5, NOON - 2 * DAY)
    assert refresh(NOON) == 2
    assert (left(GUEST), left(STARTER)) == (15, 995)
    assert refresh(NOON) == 0


def test_a_day_is_not_tidied_up_while_something_may_still_be_written_to_it():
    take(GUEST, 5, MIDNIGHT - TICK)
    assert refresh(MIDNIGHT + HOUR - TICK) == 0
    assert refresh(MIDNIGHT + HOUR) == 1


def test_a_day_that_changes_meanwhile_is_not_tidied_up(monkeypatch):
    take(GUEST, 5)
    seen = list(table.scan(ledger.KIND))
    give_back(GUEST, 3)
    monkeypatch.setattr(table, "scan", lambda kind, seconds: iter(seen))
    assert refresh(NOON + 2 * DAY) == 0
    assert balance(GUEST, NOON).used == 2


def test_free_call_is_never_refused():
    """This holds even if more credits are used than a smaller plan allows."""
    take(replace(STARTER, tier=Tier.PRO), 2000)
    check_balance(balance(STARTER, NOON), 0)
    take(STARTER, 0)
    assert balance(STARTER, NOON).used == 2000


def test_tidying_up_ends_in_time_and_goes_on_the_next_time():
    for ago in range(1, 4):
        take(GUEST, 5, NOON - ago * DAY)
    assert refresh(NOON, seconds=0) == 0
    assert refresh(NOON) == 3
