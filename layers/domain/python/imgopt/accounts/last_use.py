"""Records when a token or key was last used, at most once an hour, because more precision is not needed."""

from contextlib import suppress
from datetime import datetime, timedelta

from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.storage import table, transactions
from imgopt.storage.transactions import ConditionFailed

PRECISION = timedelta(hours=1)


def note_use(item_key: table.Item, last_used_at: datetime | None) -> None:
    """Records a use. Errors are ignored. A credential that was revoked meanwhile is not created again."""
    now = clock.now()
    if last_used_at is not None and now - last_used_at < PRECISION:
        return
    write = transactions.change_item(item_key, sets={"last_used_at": now.isoformat()}, where="attribute_exists(#pk)")
    with suppress(ConditionFailed, Unavailable):
        transactions.write_all([write])
