"""Device codes and tokens in the table: `DEVICE_CODE#<hash>`, found by `USER_CODE#<code>`, and `DEVICE_TOKEN#<hash>`.

`USER_DEVICES#<user id>` has an item for each token of a user, under its hash.

Every change of a code is conditional on its state, so that only one of two concurrent changes succeeds.
"""

from contextlib import suppress
from datetime import datetime

from imgopt.devices.model import Decision, DeviceCode, DeviceToken
from imgopt.errors import Unavailable
from imgopt.storage import lists, table, transactions
from imgopt.storage.transactions import ConditionFailed

CODE, USER_CODE, TOKEN, LIST = "DEVICE_CODE", "USER_CODE", "DEVICE_TOKEN", "USER_DEVICES"
# Sort keys before and after all hashes, which are hexadecimal.
FIRST, LAST = "0", "g"


def add_code(code: DeviceCode) -> bool:
    """Adds a code. Returns False where its user code is in use."""
    pointer = {**table.key(USER_CODE, code.user_code), "code_hash": code.code_hash}
    ttl = int(code.expires_at.timestamp())
    item = table.to_item(code, CODE, code.code_hash, code.expires_at)
    writes = [transactions.create_item(item), transactions.put_anew({**pointer, "ttl": ttl}, code.created_at)]
    return _all_or_none(writes)


def find_code(code_hash: str) -> DeviceCode | None:
    item = table.get(table.key(CODE, code_hash))
    return table.from_item(item, DeviceCode) if item else None


def find_by_user_code(user_code: str) -> DeviceCode | None:
    item = table.get(table.key(USER_CODE, user_code))
    return find_code(item["code_hash"]) if item else None


def save_decision(code: DeviceCode, decision: Decision, user_id: str) -> bool:
    """Stores a decision. Returns False where it was decided otherwise before."""
    write = transactions.change_item(
        table.key(CODE, code.code_hash),
        sets={"status": decision.value, "user_id": user_id},
        where="#status = :pending",
        values={"pending": Decision.PENDING.value},
    )
    return _all_or_none([write])


def redeem(code: DeviceCode, token: DeviceToken) -> bool:
    """Stores the token of an approved code. Returns False where the code has one already."""
    spent = transactions.change_item(
        table.key(CODE, code.code_hash),
        sets={"status": Decision.REDEEMED.value},
        where="#status = :approved",
        values={"approved": Decision.APPROVED.value},
    )
    item = table.to_item(token, TOKEN, token.token_hash, token.expires_at)
    entry = {**_entry(token), "ttl": item["ttl"]}
    return _all_or_none([spent, transactions.create_item(item), transactions.create_item(entry)])


def find_token(token_hash: str) -> DeviceToken | None:
    item = table.get(token_key(token_hash))
    return table.from_item(item, DeviceToken) if item else None


def find_tokens(user_id: str) -> list[DeviceToken]:
    """Returns the tokens of a user, in no particular order."""
    entries = table.query(f"{LIST}#{user_id}", FIRST, LAST)
    return [table.from_item(item, DeviceToken) for item in table.get_many([token_key(each["sk"]) for each in entries])]


def delete_token(token: DeviceToken) -> None:
    """Deletes a token, and then its list entry: an unlisted token could not be found for its user."""
    table.delete(token_key(token.token_hash))
    with suppress(Unavailable):  # DynamoDB removes it when its time to live ends
        table.delete(_entry(token))


def delete_all_tokens(user_id: str) -> None:
    lists.clear_with_items(f"{LIST}#{user_id}", lambda entry: token_key(entry["sk"]))


def token_key(token_hash: str) -> table.Item:
    return table.key(TOKEN, token_hash)


def is_over(thing: DeviceCode, now: datetime) -> bool:
    """Returns whether a code has expired. DynamoDB removes it some time later."""
    return thing.expires_at <= now


def _entry(token: DeviceToken) -> table.Item:
    return {"pk": f"{LIST}#{token.user_id}", "sk": token.token_hash}


def _all_or_none(writes: list[transactions.Write]) -> bool:
    try:
        transactions.write_all(writes)
    except ConditionFailed:
        return False
    return True
