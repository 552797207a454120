"""Device authorization (RFC 8628): the device shows a code, its user approves or denies it, and the device polls."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from imgopt import audit, clock
from imgopt.accounts.model import Credential, Principal
from imgopt.accounts.tokens import hash_token, new_token
from imgopt.accounts.users import principal_by_id
from imgopt.audit import AuditEvent
from imgopt.credits.model import Balance
from imgopt.credits.service import balance
from imgopt.devices import attempt_limit, repository, tokens
from imgopt.devices.codes import new_user_code, read_user_code
from imgopt.devices.model import Decision, DeviceCode, TokenAnswer
from imgopt.errors import Conflict, Expired, NotConfigured, NotFound, Unavailable
from imgopt.settings import settings

LIFETIME = timedelta(minutes=10)
INTERVAL_SECONDS = 3
ATTEMPTS = 3
LONGEST_NOTE = 100
# The form of `new_token`: 256 bits in base64url.
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
UNKNOWN_CODE = "There is no such code. Check that it is typed as shown."
TOKEN_ANSWERS = {
    Decision.PENDING: TokenAnswer.PENDING,
    Decision.APPROVED: TokenAnswer.APPROVED,
    Decision.REDEEMED: TokenAnswer.APPROVED,
    Decision.DENIED: TokenAnswer.DENIED,
}
DECISION_EVENTS = {Decision.APPROVED: AuditEvent.DEVICE_APPROVED, Decision.DENIED: AuditEvent.DEVICE_DENIED}


@dataclass(frozen=True)
class Grant:
    """The answer to a poll. The token, principal and balance come once, with the first answer after the approval."""

    answer: TokenAnswer
    token: str | None = field(default=None, repr=False)
    principal: Principal | None = None
    balance: Balance | None = None


def request_code(address: str = "", program: str = "") -> tuple[DeviceCode, str]:
    """Returns the record of a new code, and the secret code of the device.

    Raises NotConfigured where there is no issuer, and so no user who could approve it.
    """
    if not settings().oidc_issuer:
        raise NotConfigured("Device login is not set up, because there are no users.")
    secret, now = new_token(), clock.now()
    for _ in range(ATTEMPTS):
        code = DeviceCode(
            code_hash=hash_token(secret),
            user_code=new_user_code(),
            created_at=now,
            expires_at=now + LIFETIME,
            address=address[:LONGEST_NOTE],
            program="".join(filter(str.isprintable, program))[:LONGEST_NOTE],
        )
        if repository.add_code(code):
            return code, secret
    raise Unavailable("No unused code was found. Please try again.")


def find(user_code: str, user_id: str) -> DeviceCode:
    """Returns a code by its user code. Raises NotFound, Expired, or RateLimited after too many wrong codes."""
    spelled = read_user_code(user_code)
    if spelled is None:
        raise NotFound(UNKNOWN_CODE)
    attempt_limit.check_attempts(user_id)
    code = repository.find_by_user_code(spelled)
    if code is None:
        attempt_limit.record_failure(user_id)
        raise NotFound(UNKNOWN_CODE)
    if repository.is_over(code, clock.now()):
        raise Expired("The code has expired. Ask for a new one.")
    return code


def approve(user_code: str, user_id: str) -> None:
    """Approves a code. Raises as `find` does, and Conflict where it was decided otherwise, or by another user."""
    _decide(find(user_code, user_id), Decision.APPROVED, user_id)


def deny(user_code: str, user_id: str) -> None:
    """Denies a code. Raises as `approve` does."""
    _decide(find(user_code, user_id), Decision.DENIED, user_id)


def poll(device_code: str) -> Grant:
    """Returns the state of a code. An unknown code counts as expired, because expired ones are removed."""
    code = repository.find_code(hash_token(device_code)) if could_be_code(device_code) else None
    if code is None or repository.is_over(code, clock.now()):
        return Grant(TokenAnswer.EXPIRED)
    if code.status is Decision.APPROVED and code.user_id:
        return _redeem(code, code.user_id)
    return Grant(TOKEN_ANSWERS[code.status])


def could_be_code(device_code: str) -> bool:
    """Returns whether the text has the form of a device's code. Others are neither looked up nor counted."""
    return SECRET.fullmatch(device_code) is not None


def _redeem(code: DeviceCode, user_id: str) -> Grant:
    """Creates the token. Of concurrent polls only one gets it, because the token itself is never stored.

    All that can fail is done before.
    """
    principal = principal_by_id(user_id, Credential.DEVICE)
    left = balance(principal)
    record, token = tokens.make_token(user_id, code.program)
    given = Grant(TokenAnswer.APPROVED, token, principal, left)
    return given if repository.redeem(code, record) else Grant(TokenAnswer.APPROVED)


def _decide(code: DeviceCode, decision: Decision, user_id: str) -> None:
    """Stores a decision. Repeating the same decision changes nothing."""
    if repository.save_decision(code, decision, user_id):
        audit.record_event(DECISION_EVENTS[decision], user_id)
        return
    now = repository.find_code(code.code_hash)
    if now is None or TOKEN_ANSWERS[now.status] is not TOKEN_ANSWERS[decision] or now.user_id != user_id:
        raise Conflict("The code has been used already.")
