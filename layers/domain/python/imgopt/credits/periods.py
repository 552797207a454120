"""When credits begin anew: at midnight UTC, or with the paid period."""

from datetime import UTC, datetime, timedelta

from imgopt.accounts.model import Principal
from imgopt.accounts.plans import Cycle, plan_of
from imgopt.credits.model import Period


def period_of(principal: Principal, now: datetime) -> Period:
    """The one that `now` is in.

    Where a paid period is over and billing has not heard of the next one, that has begun all the same: once, so that a
    subscription that nobody pays for any more doesn't go on for ever. Where billing knows of no period, as with
    contracts, it is the month of the calendar.
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
