"""Shutting a user out: all their credentials are refused from then on, until they are let in again.

`users.find` sees to that: every credential leads there.
"""

from imgopt import audit
from imgopt.accounts import repository
from imgopt.accounts.model import Access
from imgopt.audit import AuditEvent
from imgopt.errors import Conflict, NotFound
from imgopt.storage.transactions import ConditionFailed

AUDIT_EVENT_OF = {Access.SHUT_OUT: AuditEvent.SHUT_OUT, Access.OPEN: AuditEvent.LET_IN}


def shut_out(user_id: str) -> None:
    """Doing so twice changes nothing. Raises NotFound, or Conflict where the account is being deleted."""
    _change(user_id, Access.OPEN, Access.SHUT_OUT)


def let_in(user_id: str) -> None:
    """Undoes that: the user's credentials are taken again, those of keys and devices too. Raises as `shut_out` does."""
    _change(user_id, Access.SHUT_OUT, Access.OPEN)


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
