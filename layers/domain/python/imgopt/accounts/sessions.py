"""Sessions of users on the service's own pages: identified by a secret in a cookie, for half an hour."""

from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from imgopt import audit, clock
from imgopt.accounts import session_store, users
from imgopt.accounts.model import PageSession, User
from imgopt.accounts.tokens import hash_token, new_token
from imgopt.audit import AuditEvent
from imgopt.errors import NotFound

LIFETIME, RECENT = timedelta(minutes=30), timedelta(minutes=10)


def begin_session(user: User, authenticated_at: datetime, browser: str = "") -> str:
    """Begins a session and returns its secret, which is not stored."""
    token, now = new_token(), clock.now()
    session_store.add(PageSession(hash_token(token), user.id, now, now + LIFETIME, browser, authenticated_at))
    audit.record_event(AuditEvent.SIGNED_IN, user.id)
    return token


def is_recent(session: PageSession) -> bool:
    """Returns whether the user signed in recently, and hasn't just found an open browser."""
    return clock.now() - (session.authenticated_at or session.created_at) < RECENT


def find(token: str) -> PageSession | None:
    """Returns the session of a secret; None where it is unknown or has ended."""
    session = session_store.find(hash_token(token))
    return session if session and not _is_over(session) else None


def find_all(user_id: str) -> list[PageSession]:
    """Returns a user's open sessions, the newest first."""
    found = [each for each in session_store.find_all(user_id) if not _is_over(each)]
    return sorted(found, key=lambda each: each.created_at, reverse=True)


def find_session_user(session: PageSession) -> User | None:
    """Returns the signed-in user; None where the user is gone. Raises AccountBlocked."""
    return users.find(session.user_id)


def close_session(token: str) -> None:
    """Ends a session. Does nothing where it has ended."""
    session = session_store.find(hash_token(token))
    if session:
        session_store.delete(session)
        audit.record_event(AuditEvent.SIGNED_OUT, session.user_id)


def end_one(user_id: str, token_hash: str) -> None:
    """Signs a browser out. Raises NotFound where the user has no such session."""
    session = session_store.find(token_hash)
    if session is None or session.user_id != user_id:
        raise NotFound("There is no such session.")
    session_store.delete(session)
    audit.record_event(AuditEvent.SIGNED_OUT, user_id)


def end_all(user_id: str) -> None:
    session_store.delete_all(user_id)
    audit.record_event(AuditEvent.SIGNED_OUT, user_id)


def _is_over(session: PageSession) -> bool:
    return session.expires_at <= clock.now()


def form_token(token: str) -> str:
    """Returns the CSRF token of the session's forms: a hash of the secret, which doesn't reveal it."""
    return sha256(f"form:{token}".encode()).hexdigest()


def is_from_form(token: str, given: str) -> bool:
    return compare_digest(form_token(token).encode(), given.encode(errors="surrogatepass"))
