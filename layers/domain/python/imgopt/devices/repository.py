"""`DEVICE_CODE#<hash>`, found by people as `USER_CODE#<code>`, and `DEVICE_TOKEN#<hash>`.

Which tokens a user has given: `USER_DEVICES#<user id>` has an item for each under its hash.

Every change of a code is conditional on what has come of it so far, so that of two that are made at once one counts.
"""

from contextlib import suppress
from datetime import datetime

from imgopt.devices.model import Decision, DeviceCode, DeviceToken
from imgopt.errors import Unavailable
from imgopt.storage import lists, table, transactions
from imgopt.storage.transactions import ConditionFailed

CODE, USER_CODE, TOKEN, LIST = "DEVICE_CODE", "USER_CODE", "DEVICE_TOKEN", "USER_DEVICES"
# Hashes are hexadecimal.
FIRST, LAST = "0", "g"


def add_code(code: DeviceCode) -> bool:
    """False where another one has the same user code."""
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
    """False where something else was decided before."""
    write = transactions.change_item(
        table.key(CODE, code.code_hash),
        sets={"status": decision.value, "user_id": user_id},
        where="#status = :pending",
        values={"pending": Decision.PENDING.value},
    )
    return _all_or_none([write])


def redeem(code: DeviceCode, token: DeviceToken) -> bool:
    """Gives the token for an approved code; False where another was given for it."""
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
    """In no particular order."""
    entries = table.query(f"{LIST}#{user_id}", FIRST, LAST)
    return [table.from_item(item, DeviceToken) for item in table.get_many([token_key(each["sk"]) for each in entries])]


def delete_token(token: DeviceToken) -> None:
    """What lists it goes last: a token that is listed nowhere could not be found again."""
    table.delete(token_key(token.token_hash))
    with suppress(Unavailable):  # DynamoDB removes it in its time
        table.delete(_entry(token))


def delete_all_tokens(user_id: str) -> None:
    lists.clear_with_items(f"{LIST}#{user_id}", lambda entry: token_key(entry["sk"]))


def token_key(token_hash: str) -> table.Item:
    return table.key(TOKEN, token_hash)


def is_over(thing: DeviceCode, now: datetime) -> bool:
    """DynamoDB removes it some time later."""
    return thing.expires_at <= now


def _entry(token: DeviceToken) -> table.Item:
    return {"pk": f"{LIST}#{token.user_id}", "sk": token.token_hash}


def _all_or_none(writes: list[transactions.Write]) -> bool:
    try:
        transactions.write_all(writes)
    except ConditionFailed:
        return False
    return True
