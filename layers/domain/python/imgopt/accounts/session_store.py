"""Page sessions in the table: `PAGE_SESSION#<hash>`. `USER_SESSIONS#<user id>` has an item for each session of
a user.
"""

from contextlib import suppress

from imgopt.accounts.model import PageSession
from imgopt.errors import Unavailable
from imgopt.storage import lists, table

KIND, LIST = "PAGE_SESSION", "USER_SESSIONS"
# Sort keys before and after all hashes, which are hexadecimal.
FIRST, LAST = "0", "g"


def add(session: PageSession) -> None:
    """Adds a session. Its list entry is written first, because an unlisted session could not be found for its user."""
    item = table.to_item(session, KIND, session.token_hash, session.expires_at)
    table.put({**_entry(session.user_id, session.token_hash), "ttl": item["ttl"]})
    table.put(item)


def find(token_hash: str) -> PageSession | None:
    item = table.get(_key(token_hash))
    return table.from_item(item, PageSession) if item else None


def find_all(user_id: str) -> list[PageSession]:
    """Returns a user's sessions, in no particular order, with expired ones that DynamoDB hasn't removed yet."""
    entries = table.query(f"{LIST}#{user_id}", FIRST, LAST)
    return [table.from_item(item, PageSession) for item in table.get_many([_key(each["sk"]) for each in entries])]


def delete(session: PageSession) -> None:
    """Deletes a session, and then its list entry."""
    table.delete(_key(session.token_hash))
    with suppress(Unavailable):  # DynamoDB removes it when its time to live ends
        table.delete(_entry(session.user_id, session.token_hash))


def delete_all(user_id: str) -> None:
    lists.clear_with_items(f"{LIST}#{user_id}", lambda entry: _key(entry["sk"]))


def _key(token_hash: str) -> table.Item:
    return table.key(KIND, token_hash)


def _entry(user_id: str, token_hash: str) -> table.Item:
    return {"pk": f"{LIST}#{user_id}", "sk": token_hash}
