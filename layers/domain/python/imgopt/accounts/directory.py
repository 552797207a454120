"""Users as operators look for them: all of them, or one by id or e-mail address."""

from imgopt.accounts import repository
from imgopt.accounts.model import User
from imgopt.errors import Conflict, NotFound


def find_all() -> list[User]:
    """The oldest first. It reads the whole table."""
    return sorted(repository.find_users(), key=lambda user: (user.created_at, user.id))


def find_one(who: str) -> User:
    """Raises NotFound, or Conflict where several have that address, as users of different issuers may."""
    found = [repository.find_user(who)] if "@" not in who else list(repository.find_users(who))
    users = [user for user in found if user]
    if not users:
        raise NotFound(f"There is no user {who}.")
    if len(users) > 1:
        raise Conflict(f"Several users have this address; name one by id: {', '.join(user.id for user in users)}.")
    return users[0]
