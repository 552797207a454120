"""Keys for servers: made, listed and revoked by their owner, and known by their hash alone."""

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
# So much of a key tells it from others, and nothing of what is left to guess.
SHOWN_LENGTH = len(KEY_PREFIX) + 4


def create(user_id: str, name: str, days: int | None = None) -> tuple[ApiKey, str]:
    """The key's record and the key itself, which can't be shown again. It is good for so many days, or without an end.

    Raises Conflict where there are too many.
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
    """The newest first."""
    return sorted(api_key_store.find_all(user_id), key=lambda key: (key.created_at, key.id), reverse=True)


def delete(user_id: str, key_id: str) -> None:
    """From now on the key is worth nothing. Raises NotFound where there is none, or not one of that user's."""
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
    """Whose key it is. Raises Unauthorized where it is nobody's, or not any more."""
    found = api_key_store.find(hash_token(key))
    if found is None or found.is_over(clock.now()):
        raise Unauthorized("Invalid or expired credentials.")
    last_use.note_use(api_key_store.key_of(found.key_hash), found.last_used_at)
    return users.principal_by_id(found.user_id, Credential.API_KEY)
