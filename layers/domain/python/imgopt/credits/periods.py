"""Periods of credits: a day in UTC, or the period of a subscription."""

from datetime import UTC, datetime, timedelta

from imgopt.accounts.model import Principal
from imgopt.accounts.plans import Cycle, plan_of
from imgopt.credits.model import Period


def period_of(principal: Principal, now: datetime) -> Period:
    """Returns the period that contains `now`.

    Where a paid period has ended and Stripe's event about the next one has not arrived, one further period is assumed.
    Only one is assumed, so that an unpaid subscription ends. Where billing knows no period, as with contracts, the
    period is the calendar month.
    """
    if plan_of(principal.tier).cycle is Cycle.DAY:
        return day_of(now)
    begins, ends = principal.period_start, principal.period_end
    if begins is None or ends is None:
        return month_of(now)
    if ends <= now:
        begins, ends = ends, ends + (ends - begins)
    return Period(begins.astimezone(UTC).isoformat(), ends.astimezone(UTC))


def day_of(now: datetime) -> Period:
    midnight = _midnight_before(now)
    return Period(midnight.date().isoformat(), midnight + timedelta(days=1))


def month_of(now: datetime) -> Period:
    first = _midnight_before(now).replace(day=1)
    return Period(first.isoformat(), (first + timedelta(days=31)).replace(day=1))


def _midnight_before(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
