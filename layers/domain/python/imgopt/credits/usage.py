"""What users used on which day: `USAGE#<user id>` has an item for each day, under its date in UTC.

Of guests nothing is counted: they have no history that they could ask for.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from imgopt.accounts.model import is_guest_id
from imgopt.storage import lists, table, transactions
from imgopt.storage.transactions import Write

KIND = "USAGE"
REMEMBERED = timedelta(days=100)


@dataclass(frozen=True)
class Day:
    """Jobs that were accepted on a day, how many of them failed, what they cost, and the bytes of their originals."""

    date: date
    jobs: int = 0
    failed_jobs: int = 0
    credits: int = 0
    original_bytes: int = 0


def count_usage(owner: str, now: datetime, *, jobs: int, cost: int, original_bytes: int) -> list[Write]:
    """So many jobs more on the day of `now`."""
    if is_guest_id(owner):
        return []
    amounts = {"jobs": jobs, "credits": cost, "original_bytes": original_bytes}
    ends = int((now + REMEMBERED).timestamp())
    return [transactions.change_item(_key(owner, now), adds=amounts, sets={"ttl": ends})]


def correct(owner: str, accepted_at: datetime, *, refund: int, failed_jobs: int) -> list[Write]:
    """Credits that were given back to jobs, on the day on which these were accepted."""
    if is_guest_id(owner):
        return []
    return [transactions.change_item(_key(owner, accepted_at), adds={"credits": -refund, "failed_jobs": failed_jobs})]


def read_days(owner: str, last: date, days: int) -> list[Day]:
    """So many days up to the last, the oldest first, also those on which there was nothing."""
    wanted = [last - timedelta(days=ago) for ago in reversed(range(days))]
    items = table.query(f"{KIND}#{owner}", wanted[0].isoformat(), last.isoformat())
    known = {item["sk"]: table.from_item({**item, "date": item["sk"]}, Day) for item in items}
    return [known.get(day.isoformat(), Day(day)) for day in wanted]


def forget(owner: str) -> None:
    lists.clear(f"{KIND}#{owner}")


def _key(owner: str, moment: datetime) -> table.Item:
    return {"pk": f"{KIND}#{owner}", "sk": moment.astimezone(UTC).date().isoformat()}
