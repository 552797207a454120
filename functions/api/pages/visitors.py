"""Who looks at a page, by the cookie of its session."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from functions.api.pages.cookies import Cookie
from imgopt.accounts import sessions, users
from imgopt.accounts.model import Credential, PageSession, Principal, User

SESSION = Cookie("imgopt-session", int(sessions.LIFETIME.total_seconds()))


@dataclass(frozen=True)
class PageVisitor:
    """Someone who has signed in. `session` is the secret of the cookie, `signed_in` what is known of it."""

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
