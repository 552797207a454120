from datetime import UTC, datetime, timedelta, timezone

import pytest

from imgopt.accounts.model import Credential, Principal
from imgopt.accounts.plans import Tier
from imgopt.credits.periods import period_of

GUEST = Principal("guest-1", Tier.UNREGISTERED, Credential.SESSION)
FREE = Principal("user-1", Tier.FREE, Credential.JWT)
CONTRACT = Principal("user-2", Tier.ENTERPRISE, Credential.API_KEY)
TICK = timedelta(microseconds=1)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
TOKYO, LIMA = timezone(timedelta(hours=9)), timezone(timedelta(hours=-5))


def subscriber(begins: datetime, ends: datetime | None) -> Principal:
    return Principal("user-3", Tier.PRO, Credential.JWT, period_start=begins, period_end=ends)


@pytest.mark.parametrize("principal", [GUEST, FREE])
def test_a_day_ends_at_midnight_utc(principal):
    before, after = period_of(principal, MIDNIGHT - TICK), period_of(principal, MIDNIGHT)
    assert (before.name, before.ends) == ("2026-02-28", MIDNIGHT)
    assert (after.name, after.ends) == ("2026-03-01", MIDNIGHT + timedelta(days=1))


@pytest.mark.parametrize("zone", [TOKYO, LIMA])
def test_a_day_is_the_same_wherever_the_clock_stands(zone):
    for moment in (MIDNIGHT - TICK, MIDNIGHT):
        assert period_of(FREE, moment.astimezone(zone)) == period_of(FREE, moment)


def test_a_paid_period_is_named_after_its_beginning_and_ends_when_it_says():
    begins, ends = datetime(2026, 1, 31, 17, 5, tzinfo=UTC), datetime(2026, 2, 28, 17, 5, tzinfo=UTC)
    for moment in (begins, ends - TICK):
        period = period_of(subscriber(begins, ends), moment)
        assert (period.name, period.ends) == ("2026-01-31T17:05:00+00:00", ends)


def test_a_paid_period_is_the_same_in_every_time_zone():
    begins, ends = datetime(2026, 1, 31, 23, 30, tzinfo=LIMA), datetime(2026, 2, 28, 23, 30, tzinfo=LIMA)
    there = period_of(subscriber(begins, ends), MIDNIGHT)
    here = period_of(subscriber(begins.astimezone(UTC), ends.astimezone(UTC)), MIDNIGHT)
    assert there == here
    assert (there.name, there.ends.utcoffset()) == ("2026-02-01T04:30:00+00:00", timedelta(0))


def test_the_next_paid_period_begins_on_time_also_where_billing_has_not_heard_of_it():
    begins, ends = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 31, tzinfo=UTC)
    late = period_of(subscriber(begins, ends), ends)
    heard = period_of(subscriber(ends, ends + timedelta(days=30)), ends)
    assert late == heard


def test_a_subscription_that_nobody_hears_of_any_more_gets_no_third_period():
    begins, ends = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 31, tzinfo=UTC)
    second = period_of(subscriber(begins, ends), ends)
    assert period_of(subscriber(begins, ends), ends + timedelta(days=300)) == second


@pytest.mark.parametrize(
    ("now", "begins", "ends"),
    [
        (datetime(2026, 2, 28, 23, 59, 59, 999_999, UTC), (2026, 2, 1), (2026, 3, 1)),
        (datetime(2026, 12, 31, tzinfo=UTC), (2026, 12, 1), (2027, 1, 1)),
        (datetime(2027, 1, 1, 3, tzinfo=TOKYO), (2026, 12, 1), (2027, 1, 1)),
        (datetime(2026, 1, 31, 12, tzinfo=UTC), (2026, 1, 1), (2026, 2, 1)),
    ],
)
@pytest.mark.parametrize("principal", [CONTRACT, subscriber(datetime(2026, 1, 15, tzinfo=UTC), None)])
def test_period_without_a_known_end_is_the_calendar_month(principal, now, begins, ends):
    period = period_of(principal, now)
    assert period.name == datetime(*begins, tzinfo=UTC).isoformat()
    assert period.ends == datetime(*ends, tzinfo=UTC)
