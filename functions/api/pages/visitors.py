"""Who looks at a page, by the cookie of its session."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from functions.api.pages.cookies import Cookie
from functions.api.pages.rendering import Html, fill
from imgopt.accounts import sessions, users
from imgopt.accounts.model import Credential, PageSession, Principal, User

SESSION = Cookie("imgopt-session", int(sessions.LIFETIME.total_seconds()))


@dataclass(frozen=True)
class Visitor:
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

    def account(self) -> Html:
        """The part of a page that says who is signed in."""
        return fill("account.html", who=self.user.email or self.user.id, form_token=self.form_token)


def find_visitor(request: Request) -> Visitor | None:
    session = SESSION.read(request)
    found = sessions.find(session) if session else None
    user = sessions.find_user(found) if found else None
    if session is None or found is None or user is None:
        return None
    request.state.owner = user.id
    return Visitor(user, session, found)


Visiting = Annotated[Visitor | None, Depends(find_visitor)]
