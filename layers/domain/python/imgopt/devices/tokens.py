"""Device tokens, which authenticate a device as its user."""

from datetime import timedelta

from imgopt import audit, clock
from imgopt.accounts import last_use, users
from imgopt.accounts.model import Credential, Principal
from imgopt.accounts.tokens import hash_token, new_token
from imgopt.audit import AuditEvent
from imgopt.devices import repository
from imgopt.devices.model import DeviceToken
from imgopt.errors import NotFound, Unauthorized
from imgopt.settings import settings

DEVICE_PREFIX = "mcp_"
REFUSED = "Invalid or expired credentials."


def make_token(user_id: str, program: str = "") -> tuple[DeviceToken, str]:
    """Returns the record of a new token, and the token itself. Neither is stored yet."""
    token, now = new_token(DEVICE_PREFIX), clock.now()
    lifetime = timedelta(seconds=settings().device_token_lifetime)
    return DeviceToken(hash_token(token), user_id, now, now + lifetime, program), token


def find_by_token(token: str) -> Principal:
    """Returns the principal of a token. Raises Unauthorized where it is unknown or has ended."""
    found = _find(token)
    last_use.note_use(repository.token_key(found.token_hash), found.last_used_at)
    return users.principal_by_id(found.user_id, Credential.DEVICE)


def revoke(token: str) -> None:
    """Revokes a token. Raises Unauthorized where it was not valid."""
    end(_find(token))


def find_all(user_id: str) -> list[DeviceToken]:
    """Returns the valid tokens of a user, the newest first."""
    found = [each for each in repository.find_tokens(user_id) if not _is_over(each)]
    return sorted(found, key=lambda each: each.created_at, reverse=True)


def log_out(user_id: str, token_hash: str) -> None:
    """Revokes a token of a user's device. Raises NotFound where the user has no such device."""
    found = repository.find_token(token_hash)
    if found is None or found.user_id != user_id:
        raise NotFound("There is no such device.")
    end(found)


def end(token: DeviceToken) -> None:
    repository.delete_token(token)
    audit.record_event(AuditEvent.DEVICE_ENDED, token.user_id)


def _find(token: str) -> DeviceToken:
    found = repository.find_token(hash_token(token))
    if found is None or _is_over(found):
        raise Unauthorized(REFUSED)
    return found


def _is_over(token: DeviceToken) -> bool:
    """Returns whether a token has expired, or was not used for too long: its device may be lost."""
    used = token.last_used_at or token.created_at
    disuse = timedelta(seconds=settings().device_token_disuse)
    return clock.now() >= min(token.expires_at, used + disuse)
