"""Sessions of people who signed in on a page of ours: known by a secret in a cookie, for half an hour."""

from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest

from imgopt import clock
from imgopt.accounts import repository, users
from imgopt.accounts.model import PageSession, User
from imgopt.accounts.tokens import hash_token, new_token

LIFETIME = timedelta(minutes=30)


def begin(user: User) -> str:
    """The new session's secret, which is not kept."""
    token, now = new_token(), clock.now()
    repository.add_session(PageSession(hash_token(token), user.id, now, now + LIFETIME))
    return token


def find_user(token: str) -> User | None:
    """Who is signed in; None where the session is over, or the user gone. Raises ShutOut."""
    session = repository.find_session(hash_token(token))
    if session is None or session.expires_at <= clock.now():
        return None
    return users.find(session.user_id)


def end(token: str) -> None:
    repository.delete_session(hash_token(token))


def form_token(token: str) -> str:
    """What forms of the session's pages carry: it follows from the secret, and does not tell it."""
    return sha256(f"form:{token}".encode()).hexdigest()


def is_from_form(token: str, given: str) -> bool:
    return compare_digest(form_token(token).encode(), given.encode(errors="surrogatepass"))
