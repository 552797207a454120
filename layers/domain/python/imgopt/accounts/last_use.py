"""When a token or key was last used: written once an hour at most, since nobody needs to know it to the second."""

from contextlib import suppress
from datetime import datetime, timedelta

from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.storage import table, transactions
from imgopt.storage.transactions import ConditionFailed

PRECISION = timedelta(hours=1)


def note_use(item_key: table.Item, last_used_at: datetime | None) -> None:
    """Not worth a failed request. What has been revoked meanwhile stays gone."""
    now = clock.now()
    if last_used_at is not None and now - last_used_at < PRECISION:
        return
    write = transactions.change_item(item_key, sets={"last_used_at": now.isoformat()}, where="attribute_exists(#pk)")
    with suppress(ConditionFailed, Unavailable):
        transactions.write_all([write])
