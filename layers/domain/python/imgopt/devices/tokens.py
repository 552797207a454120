"""A device's token: it makes whoever has it the user who let the device in."""

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
    """A token's record and the token itself. Neither is stored yet."""
    token, now = new_token(DEVICE_PREFIX), clock.now()
    lifetime = timedelta(seconds=settings().device_token_lifetime)
    return DeviceToken(hash_token(token), user_id, now, now + lifetime, program), token


def find_by_token(token: str) -> Principal:
    """Whose device it is. Raises Unauthorized where it is nobody's any more."""
    found = _find(token)
    last_use.note_use(repository.token_key(found.token_hash), found.last_used_at)
    return users.principal_by_id(found.user_id, Credential.DEVICE)


def revoke(token: str) -> None:
    """From now on it is worth nothing. Raises Unauthorized where it was worth nothing before."""
    end(_find(token))


def find_all(user_id: str) -> list[DeviceToken]:
    """Of the devices that a user has let in; the newest first."""
    found = [each for each in repository.find_tokens(user_id) if not _is_over(each)]
    return sorted(found, key=lambda each: each.created_at, reverse=True)


def log_out(user_id: str, token_hash: str) -> None:
    """From now on the device's token is worth nothing. Raises NotFound where it is none of that user's."""
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
    """Also one that nobody has used for long: whoever had it may have forgotten that they do."""
    used = token.last_used_at or token.created_at
    disuse = timedelta(seconds=settings().device_token_disuse)
    return clock.now() >= min(token.expires_at, used + disuse)
