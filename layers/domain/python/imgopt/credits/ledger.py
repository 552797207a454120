"""The ledger: `CREDITS#<principal id>` has one item for each period, which counts the credits used.

The number is the sum of the charges of the period's jobs, less their refunds. Charge and job are written in one
transaction. Each period has an item of its own, so that nothing has to be reset. A call that reads the clock before
midnight and writes after it is charged to the old day.

Purchased credits are in an item of their own, under `PURCHASED`. It has no period and doesn't expire for users.
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
# A job may end, and be refunded, after the end of its period. A paid period may seem over long before Stripe's event
# about the next one arrives: its count must not start at 0 again because the item has expired.
TTL = {Cycle.DAY: timedelta(days=8), Cycle.MONTH: timedelta(days=400)}
# Longer than any call takes between reading the clock and its last write.
SETTLED = timedelta(hours=1)


def lookup_used(owner: str, period: str) -> Lookup[int]:
    return lookups.of_one(_key(owner, period), lambda item: int(item.get("used", 0)))


def debit(owner: str, balance: Balance, cost: int) -> Write:
    """Returns the write that charges a period. It fails where fewer than `cost` credits are left.

    `cost` must be within the balance's limit. A cost of 0 never fails.
    """
    room = balance.limit - cost if cost else sys.maxsize
    forgotten = balance.period.ends + TTL[plan_of(balance.tier).cycle]
    return transactions.change_item(
        _key(owner, balance.period.name),
        adds={"used": cost},
        sets={"ttl": int(forgotten.timestamp())},
        where="attribute_not_exists(#used) OR #used <= :room",
        values={"room": room},
    )


def lookup_with_purchased(owner: str, period: str) -> Lookup[tuple[int, Purchased]]:
    """Looks up how many credits of a period are used, and the purchased credits."""
    return Lookup([_key(owner, period), _key(owner, PURCHASED)], _used_and_purchased)


def _used_and_purchased(items: Sequence[table.Item]) -> tuple[int, Purchased]:
    purchased = next((item for item in items if item["sk"] == PURCHASED), {})
    used = next((int(item.get("used", 0)) for item in items if item["sk"] != PURCHASED), 0)
    return used, Purchased(int(purchased.get("bought", 0)), int(purchased.get("used", 0)))


def add_purchased(owner: str, amount: int, now: datetime) -> Write:
    """Returns the write that adds `amount` purchased credits. A guest's item is removed 8 days after its session token
    has expired.
    """
    ends = int((now + timedelta(seconds=settings().guest_lifetime) + TTL[Cycle.DAY]).timestamp())
    sets = {"ttl": ends} if is_guest_id(owner) else {}
    return transactions.change_item(_key(owner, PURCHASED), adds={"bought": amount, "used": 0}, sets=sets)


def debit_all(owner: str, balance: Balance, cost: int, purchased: int) -> list[Write]:
    """Returns the writes for a cost: `purchased` of it are charged to purchased credits, the rest to the period."""
    paid = [debit_purchased(owner, balance.purchased, purchased)] if purchased else []
    return [debit(owner, balance, cost - purchased), *paid]


def debit_purchased(owner: str, purchased: Purchased, cost: int) -> Write:
    """Returns the write that charges purchased credits. It fails where fewer than `cost` are left.

    `cost` must not exceed the number that was bought.
    """
    return transactions.change_item(
        _key(owner, PURCHASED),
        adds={"used": cost},
        where="#used <= :room",
        values={"room": purchased.bought - cost},
    )


def give_back(owner: str, period: str, amount: int) -> Write:
    """Returns the write that refunds credits to a period, or to `PURCHASED`. It fails where the period's item has
    expired.
    """
    return transactions.change_item(
        _key(owner, period), adds={"used": -amount}, where="#used >= :amount", values={"amount": amount}
    )


def forget(owner: str) -> None:
    """Removes all periods of an owner. Its jobs must be deleted before: their later refunds fail."""
    lists.clear(f"{KIND}#{owner}")


def forget_past_days(now: datetime, seconds: float) -> int:
    """Removes the items of past days and returns how many. Days that may still be written to are kept.

    Begins no removal after `seconds`: DynamoDB removes the remaining items when their time to live ends.
    """
    today, until = day_of(now - SETTLED).name, time.monotonic() + seconds
    past = (item for item in table.scan(KIND, seconds) if len(item["sk"]) == len(today) and item["sk"] < today)
    return sum(map(_forget, takewhile(lambda _: time.monotonic() < until, past)))


def _forget(item: table.Item) -> bool:
    return table.delete_unchanged({"pk": item["pk"], "sk": item["sk"]}, "used", item["used"])


def _key(owner: str, period: str) -> table.Item:
    return {"pk": f"{KIND}#{owner}", "sk": period}
