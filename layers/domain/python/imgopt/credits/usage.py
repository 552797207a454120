"""What users used per day: `USAGE#<user id>` has one item for each day, under its date in UTC.

Nothing is counted for guests, who can't ask for a history.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from imgopt.accounts.model import is_guest_id
from imgopt.storage import lists, table, transactions
from imgopt.storage.transactions import Write

KIND = "USAGE"
TTL = timedelta(days=100)


@dataclass(frozen=True)
class Day:
    """Totals of the jobs accepted on one day: their number, how many failed, their credits, and the bytes of their
    uploads.
    """

    date: date
    jobs: int = 0
    failed_jobs: int = 0
    credits: int = 0
    original_bytes: int = 0


def count_usage(owner: str, now: datetime, *, jobs: int, cost: int, original_bytes: int) -> list[Write]:
    """Returns the writes that count jobs for the day of `now`."""
    if is_guest_id(owner):
        return []
    amounts = {"jobs": jobs, "credits": cost, "original_bytes": original_bytes}
    ends = int((now + TTL).timestamp())
    return [transactions.change_item(_key(owner, now), adds=amounts, sets={"ttl": ends})]


def correct(owner: str, accepted_at: datetime, *, refund: int, failed_jobs: int) -> list[Write]:
    """Returns the writes that subtract refunds, and add failed jobs, for the day on which the jobs were accepted."""
    if is_guest_id(owner):
        return []
    return [transactions.change_item(_key(owner, accepted_at), adds={"credits": -refund, "failed_jobs": failed_jobs})]


def read_days(owner: str, last: date, days: int) -> list[Day]:
    """Returns the `days` days up to `last`, the oldest first. Days without jobs have zeros."""
    wanted = [last - timedelta(days=ago) for ago in reversed(range(days))]
    items = table.query(f"{KIND}#{owner}", wanted[0].isoformat(), last.isoformat())
    known = {item["sk"]: table.from_item({**item, "date": item["sk"]}, Day) for item in items}
    return [known.get(day.isoformat(), Day(day)) for day in wanted]


def forget(owner: str) -> None:
    lists.clear(f"{KIND}#{owner}")


def _key(owner: str, moment: datetime) -> table.Item:
    return {"pk": f"{KIND}#{owner}", "sk": moment.astimezone(UTC).date().isoformat()}
