"""Finds users for operators: all of them, or one by id or e-mail address."""

from imgopt.accounts import repository
from imgopt.accounts.model import User
from imgopt.errors import Conflict, NotFound


def find_all() -> list[User]:
    """Returns all users, the oldest first. It reads the whole table."""
    return sorted(repository.find_users(), key=lambda user: (user.created_at, user.id))


def find_one(who: str) -> User:
    """Returns a user by id or e-mail address. Raises NotFound, or Conflict where several users have the address.

    Users of different issuers may have the same address.
    """
    found = [repository.find_user(who)] if "@" not in who else list(repository.find_users(who))
    users = [user for user in found if user]
    if not users:
        raise NotFound(f"There is no user {who}.")
    if len(users) > 1:
        raise Conflict(f"Several users have this address; name one by id: {', '.join(user.id for user in users)}.")
    return users[0]
