"""API keys, which authenticate servers. Their owner creates, lists and revokes them. Only their hash is stored."""

from datetime import timedelta
from uuid import uuid4

from imgopt import audit, clock
from imgopt.accounts import api_key_store, last_use, users
from imgopt.accounts.model import ApiKey, Credential, Principal
from imgopt.accounts.tokens import hash_token, new_token
from imgopt.audit import AuditEvent
from imgopt.errors import Conflict, NotFound, Unauthorized
from imgopt.settings import settings
from imgopt.storage.transactions import ConditionFailed

KEY_PREFIX = "tfy_live_"
MOST_DAYS = 3650
# The first characters of a key identify it for its owner, and make guessing the others no easier.
SHOWN_LENGTH = len(KEY_PREFIX) + 4


def create(user_id: str, name: str, days: int | None = None) -> tuple[ApiKey, str]:
    """Creates a key. Returns its record and the key itself, which can't be shown again.

    It expires after `days`; None means never. Raises Conflict where the user has too many keys.
    """
    key, most, now = new_token(KEY_PREFIX), settings().api_keys_per_user, clock.now()
    ends = now + timedelta(days=days) if days else None
    record = ApiKey(uuid4().hex, user_id, name, key[:SHOWN_LENGTH], hash_token(key), now, ends_at=ends)
    try:
        api_key_store.add(record, most)
    except ConditionFailed as error:
        raise Conflict(f"There are {most} API keys already. Delete one that is not used any more.") from error
    audit.record_event(AuditEvent.KEY_MADE, user_id, key_id=record.id)
    return record, key


def find_all(user_id: str) -> list[ApiKey]:
    """Returns a user's keys, the newest first."""
    return sorted(api_key_store.find_all(user_id), key=lambda key: (key.created_at, key.id), reverse=True)


def delete(user_id: str, key_id: str) -> None:
    """Revokes a key at once. Raises NotFound where the user has no such key."""
    key_hash = api_key_store.find_hash(user_id, key_id)
    try:
        if key_hash is not None:
            api_key_store.delete(user_id, key_id, key_hash)
            audit.record_event(AuditEvent.KEY_REVOKED, user_id, key_id=key_id)
            return
    except ConditionFailed:
        pass
    raise NotFound("API key not found.")


def find_by_key(key: str) -> Principal:
    """Returns the principal of a key. Raises Unauthorized where it is unknown, revoked or expired."""
    found = api_key_store.find(hash_token(key))
    if found is None or found.is_over(clock.now()):
        raise Unauthorized("Invalid or expired credentials.")
    last_use.note_use(api_key_store.key_of(found.key_hash), found.last_used_at)
    return users.principal_by_id(found.user_id, Credential.API_KEY)
