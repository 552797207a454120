"""The ledger: `CREDITS#<principal id>` has an item for each period, under its name, with what is used of it.

That is the sum of what the jobs of the period were charged, less what they were given back: both are written together.
A new period is a new item. So nothing has to be reset, and a call that comes a moment before midnight and is written a
moment after it takes nothing of the new day.

Credits that were bought one by one are in an item of their own, under `PURCHASED`: it has no period, and no end.
"""

import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from imgopt.accounts.model import is_guest_id
from imgopt.accounts.plans import Cycle, plan_of
from imgopt.credits.model import Balance, Purchased
from imgopt.credits.periods import day_of
from imgopt.settings import settings
from imgopt.storage import lists, lookups, table, transactions
from imgopt.storage.lookups import Lookup
from imgopt.storage.transactions import Write

KIND = "CREDITS"
PURCHASED = "purchased"
# A job may end, and give back, some time after the period that it was charged to. A paid period may seem to be over
# long before billing hears of the next one, and must not be full again for having been forgotten.
REMEMBERED = {Cycle.DAY: timedelta(days=8), Cycle.MONTH: timedelta(days=400)}
# Longer than any call takes from reading the clock until its last write.
SETTLED = timedelta(hours=1)


def lookup_used(owner: str, period: str) -> Lookup[int]:
    return lookups.of_one(_key(owner, period), lambda item: int(item.get("used", 0)))


def debit(owner: str, balance: Balance, cost: int) -> Write:
    """Refused where not so many are left any more. `cost` must be within the limit; none at all is never too much."""
    room = balance.limit - cost if cost else sys.maxsize
    forgotten = balance.period.ends + REMEMBERED[plan_of(balance.tier).cycle]
    return transactions.change_item(
        _key(owner, balance.period.name),
        adds={"used": cost},
        sets={"ttl": int(forgotten.timestamp())},
        where="attribute_not_exists(#used) OR #used <= :room",
        values={"room": room},
    )


def lookup_with_purchased(owner: str, period: str) -> Lookup[tuple[int, Purchased]]:
    """What is used of a period, and what was bought beside it."""
    return Lookup([_key(owner, period), _key(owner, PURCHASED)], _used_and_purchased)


def _used_and_purchased(items: Sequence[table.Item]) -> tuple[int, Purchased]:
    purchased = next((item for item in items if item["sk"] == PURCHASED), {})
    used = next((int(item.get("used", 0)) for item in items if item["sk"] != PURCHASED), 0)
    return used, Purchased(int(purchased.get("bought", 0)), int(purchased.get("used", 0)))


def add_purchased(owner: str, amount: int, now: datetime) -> Write:
    """A guest's are forgotten when its session token has long been of no use."""
    ends = int((now + timedelta(seconds=settings().guest_lifetime) + REMEMBERED[Cycle.DAY]).timestamp())
    sets = {"ttl": ends} if is_guest_id(owner) else {}
    return transactions.change_item(_key(owner, PURCHASED), adds={"bought": amount, "used": 0}, sets=sets)


def debit_all(owner: str, balance: Balance, cost: int, purchased: int) -> list[Write]:
    """Of a cost, so many credits that were bought; the period pays the rest."""
    paid = [debit_purchased(owner, balance.purchased, purchased)] if purchased else []
    return [debit(owner, balance, cost - purchased), *paid]


def debit_purchased(owner: str, purchased: Purchased, cost: int) -> Write:
    """Refused where not so many are left any more. `cost` must be within what was bought."""
    return transactions.change_item(
        _key(owner, PURCHASED),
        adds={"used": cost},
        where="#used <= :room",
        values={"room": purchased.bought - cost},
    )


def give_back(owner: str, period: str, amount: int) -> Write:
    """To a period, or to `PURCHASED`. Refused where a period is so long over that its item has been removed."""
    return transactions.change_item(
        _key(owner, period), adds={"used": -amount}, where="#used >= :amount", values={"amount": amount}
    )


def forget(owner: str) -> None:
    """All periods. The jobs that were charged to them have to be gone: what these give back later is refused."""
    lists.clear(f"{KIND}#{owner}")


def forget_past_days(now: datetime, seconds: float) -> int:
    """Removes the items of days that are over; returns how many. Days that may still be written to stay.

    Begins with none after so many seconds: DynamoDB removes them all in its time.
    """
    today, until = day_of(now - SETTLED).name, time.monotonic() + seconds
    past = (item for item in table.scan(KIND, seconds) if len(item["sk"]) == len(today) and item["sk"] < today)
    return sum(map(_forget, takewhile(lambda _: time.monotonic() < until, past)))


def _forget(item: table.Item) -> bool:
    return table.delete_unchanged({"pk": item["pk"], "sk": item["sk"]}, "used", item["used"])


def _key(owner: str, period: str) -> table.Item:
    return {"pk": f"{KIND}#{owner}", "sk": period}
