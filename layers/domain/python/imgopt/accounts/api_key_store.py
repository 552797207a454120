"""API keys in the table: `API_KEY#<hash>`. `USER_KEYS#<user id>` has an item for each key of a user, under its id."""

from imgopt.accounts.model import ApiKey
from imgopt.accounts.repository import USER
from imgopt.storage import attributes, lists, table, transactions

KIND, LIST = "API_KEY", "USER_KEYS"
# Sort keys before and after all ids, which are hexadecimal.
FIRST, LAST = "0", "g"


def add(key: ApiKey, most: int) -> None:
    """Adds a key, and counts it in the user's item. Raises ConditionFailed where the user has `most` keys, or
    is gone.
    """
    writes = [
        transactions.create_item({**key_of(key.key_hash), **attributes.plain(key)}),
        transactions.create_item({**_entry(key.user_id, key.id), "key_hash": key.key_hash}),
        transactions.change_item(
            table.key(USER, key.user_id),
            adds={"api_keys": 1},
            where="attribute_exists(#pk) AND (attribute_not_exists(#api_keys) OR #api_keys < :most)",
            values={"most": most},
        ),
    ]
    transactions.write_all(writes)


def find(key_hash: str) -> ApiKey | None:
    item = table.get(key_of(key_hash))
    return table.from_item(item, ApiKey) if item else None


def find_all(user_id: str) -> list[ApiKey]:
    """Returns a user's keys, in no particular order."""
    entries = table.query(f"{LIST}#{user_id}", FIRST, LAST)
    return [table.from_item(item, ApiKey) for item in table.get_many([key_of(each["key_hash"]) for each in entries])]


def find_hash(user_id: str, key_id: str) -> str | None:
    item = table.get(_entry(user_id, key_id))
    return str(item["key_hash"]) if item else None


def delete(user_id: str, key_id: str, key_hash: str) -> None:
    """Deletes a key. Raises ConditionFailed where it is gone."""
    writes = [
        transactions.delete_known(_entry(user_id, key_id)),
        transactions.delete_known(key_of(key_hash)),
        transactions.change_item(table.key(USER, user_id), adds={"api_keys": -1}, where="attribute_exists(#pk)"),
    ]
    transactions.write_all(writes)


def delete_all(user_id: str) -> None:
    """Deletes all keys of an account that is being deleted. The count in the user's item isn't changed any more."""
    lists.clear_with_items(f"{LIST}#{user_id}", lambda entry: key_of(entry["key_hash"]))


def key_of(key_hash: str) -> table.Item:
    return table.key(KIND, key_hash)


def _entry(user_id: str, key_id: str) -> table.Item:
    return {"pk": f"{LIST}#{user_id}", "sk": key_id}
