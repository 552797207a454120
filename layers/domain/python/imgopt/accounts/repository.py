"""Users in the table, and guests of version 0.1, whose tokens are stored: `USER#<id>` and `GUEST#<hash>`."""

from collections.abc import Iterator
from datetime import datetime

from imgopt.accounts.model import Access, Guest, User
from imgopt.errors import NotFound
from imgopt.storage import attributes, due_index, table, transactions
from imgopt.storage.due_index import Part
from imgopt.storage.transactions import ConditionFailed

KIND, USER = "GUEST", "USER"
EXISTS = "attribute_exists(#pk)"


def find_guest(token_hash: str) -> Guest | None:
    item = table.get(table.key(KIND, token_hash))
    return table.from_item(item, Guest) if item else None


def add_user(user: User) -> User:
    """Adds a user and returns it. Returns the existing one where another call was faster."""
    try:
        transactions.write_all([transactions.create_item({**table.key(USER, user.id), **attributes.plain(user)})])
    except ConditionFailed:
        return find_user(user.id) or user
    return user


def find_user(user_id: str) -> User | None:
    item = table.get(table.key(USER, user_id))
    return table.from_item(item, User) if item else None


def change_email(user_id: str, email: str) -> None:
    """Changes the e-mail address. Raises ConditionFailed where there is no such user."""
    transactions.write_all([transactions.change_item(table.key(USER, user_id), sets={"email": email}, where=EXISTS)])


def find_users(email: str | None = None) -> Iterator[User]:
    """Yields all users, or those with an address, in no particular order. It reads the whole table: only for
    operators.
    """
    for item in table.scan(USER):
        if email is None or (item.get("email") or "").lower() == email.lower():
            yield table.from_item(item, User)


def change_access(user_id: str, before: Access, after: Access) -> None:
    """Changes `before` to `after`. Raises ConditionFailed where there is no such user, or its access isn't `before`.

    Users of versions without access are open.
    """
    where = "#access = :before"
    if before is Access.OPEN:
        where = f"{EXISTS} AND ({where} OR attribute_not_exists(#access))"
    write = transactions.change_item(
        table.key(USER, user_id), sets={"access": after.value}, where=where, values={"before": before.value}
    )
    transactions.write_all([write])


def mark_deleting(user_id: str, now: datetime) -> bool:
    """Blocks the user permanently, deletes the address and makes the deletion due. Returns False where that was done
    before.

    Raises NotFound where there is no such user.
    """
    sets = {
        "access": Access.DELETING.value,
        "email": None,
        **due_index.entry(Part.DELETING, user_id),
        "expires_at": now.isoformat(),
    }
    where = f"{EXISTS} AND (attribute_not_exists(#access) OR #access <> :deleting)"
    values = {"deleting": Access.DELETING.value}
    change = transactions.change_item(table.key(USER, user_id), sets=sets, where=where, values=values)
    try:
        transactions.write_all([change])
    except ConditionFailed as error:
        if find_user(user_id) is None:
            raise NotFound("There is no such user.") from error
        return False
    return True


def find_deleting() -> Iterator[str]:
    """Yields the ids of users whose accounts are being deleted."""
    for page in due_index.find_due_pages(Part.DELETING):
        yield from (item_key["pk"].removeprefix(f"{USER}#") for item_key in page)


def deleting_since(user_id: str) -> datetime | None:
    """Returns since when an account is being deleted; None where it isn't, or is gone."""
    item = table.get(table.key(USER, user_id)) or {}
    return datetime.fromisoformat(item["expires_at"]) if item.get("access") == Access.DELETING else None


def delete_user(user_id: str) -> None:
    """Deletes a user whose account is being deleted. Other users are not deleted."""
    table.delete_unchanged(table.key(USER, user_id), "access", Access.DELETING.value)
