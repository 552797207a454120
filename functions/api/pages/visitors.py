"""The visitor of a page, by the session cookie."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from functions.api.pages.cookies import Cookie
from imgopt.accounts import sessions, users
from imgopt.accounts.model import Credential, PageSession, Principal, User
from imgopt.errors import Unauthorized

# The scheme in `Authorization` with which the page's scripts send the session's form token, beside the cookie.
SCHEME = "page"
SESSION_OVER = "Your session is over. Please sign in again."
SESSION = Cookie("imgopt-session", int(sessions.LIFETIME.total_seconds()))


@dataclass(frozen=True)
class PageVisitor:
    """A visitor who has signed in. `session` is the secret in the cookie, `signed_in` the stored session."""

    user: User
    session: str
    signed_in: PageSession

    @property
    def form_token(self) -> str:
        return sessions.form_token(self.session)

    @property
    def principal(self) -> Principal:
        return users.principal_of(self.user, Credential.SESSION)

    @property
    def name(self) -> str:
        return self.user.email or self.user.id


def find_visitor(request: Request) -> PageVisitor | None:
    session = SESSION.read(request)
    found = sessions.find(session) if session else None
    user = sessions.find_session_user(found) if found else None
    if session is None or found is None or user is None:
        return None
    request.state.owner = user.id
    return PageVisitor(user, session, found)


Visiting = Annotated[PageVisitor | None, Depends(find_visitor)]


def is_from_page(authorization: str | None) -> bool:
    return (authorization or "").partition(" ")[0].lower() == SCHEME


def recognize_visitor(request: Request, authorization: str) -> Principal:
    """The user who is signed in on the page that sends the request.

    Both the cookie and the token are needed: browsers send the cookie also with other websites' requests, and scripts
    can read the token.

    Raises Unauthorized if the session has ended, and AccountBlocked if the account is locked.
    """
    visitor = find_visitor(request)
    if visitor is None or not sessions.is_from_form(visitor.session, authorization.partition(" ")[2].strip()):
        raise Unauthorized(SESSION_OVER)
    return visitor.principal
