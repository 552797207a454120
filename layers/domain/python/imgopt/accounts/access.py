"""Blocks users: all their credentials are refused until they are unblocked.

`users.find` checks this for every kind of credential.
"""

from imgopt import audit
from imgopt.accounts import repository
from imgopt.accounts.model import Access
from imgopt.audit import AuditEvent
from imgopt.errors import Conflict, NotFound
from imgopt.storage.transactions import ConditionFailed

AUDIT_EVENT_OF = {Access.BLOCKED: AuditEvent.USER_BLOCKED, Access.OPEN: AuditEvent.USER_UNBLOCKED}


def block_user(user_id: str) -> None:
    """Blocks a user. Can be repeated. Raises NotFound, or Conflict where the account is being deleted."""
    _change(user_id, Access.OPEN, Access.BLOCKED)


def unblock_user(user_id: str) -> None:
    """Unblocks a user: all credentials work again, also API keys and device tokens.

    Raises NotFound, or Conflict where the account is being deleted.
    """
    _change(user_id, Access.BLOCKED, Access.OPEN)


def _change(user_id: str, before: Access, after: Access) -> None:
    try:
        repository.change_access(user_id, before, after)
        audit.record_event(AUDIT_EVENT_OF[after], user_id)
    except ConditionFailed as error:
        user = repository.find_user(user_id)
        if user is None:
            raise NotFound("There is no such user.") from error
        if user.access is not after:
            raise Conflict("The account is being deleted.") from error
