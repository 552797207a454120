"""Signing in and out on the service's own pages."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from functions.api import pools
from functions.api.deps import NotesOrigin
from functions.api.locations import public_url
from functions.api.pages.browsers import name_browser
from functions.api.pages.cookies import Cookie
from functions.api.pages.guards import check_form, is_own_link
from functions.api.pages.links import normalize_page, page_of
from functions.api.pages.routes import PageRoute
from functions.api.pages.sign_out import sign_out_at_issuer
from functions.api.pages.visitors import SESSION, Visiting
from imgopt.accounts import sessions, sign_in
from imgopt.accounts.sign_in import FAILED, Attempt
from imgopt.accounts.tokens import new_token
from imgopt.errors import InvalidSignature

router = APIRouter(prefix="/mcp", route_class=PageRoute, include_in_schema=False, dependencies=[NotesOrigin])
# A browser has one sign-in at a time. The cookie's value is the secret of the attempt, and the page to open afterwards.
ATTEMPT = Cookie("imgopt-sign-in", 600)
SEPARATOR = "."


@router.get("/sign-in")
@pools.ISSUERS.runs
def begin_sign_in(request: Request, wanted: str = "", anew: bool = False) -> Response:
    """Redirects to the OIDC issuer. A request from another website gets the page that asks to sign in instead."""
    if not is_own_link(request):
        return redirect(page_of(wanted))
    attempt = Attempt(new_token(), callback_url(request))
    response = redirect(sign_in.authorization_url(attempt, anew=anew))
    ATTEMPT.write(request, response, SEPARATOR.join((attempt.secret, normalize_page(wanted))))
    return response


@router.get("/callback")
@pools.ISSUERS.runs
def end_sign_in(request: Request, code: str = "", state: str = "") -> Response:
    """The issuer's redirect back. Only the browser that began the sign-in can end it, and only once."""
    secret, _, wanted = (ATTEMPT.read(request) or "").partition(SEPARATOR)
    request.state.wanted = wanted
    if not (secret and code and state):
        raise InvalidSignature(FAILED)
    user, signed_in_at = sign_in.complete_sign_in(Attempt(secret, callback_url(request)), state, code)
    response = redirect(page_of(wanted))
    replaced = SESSION.read(request)
    browser = name_browser(request.headers.get("user-agent", ""))
    SESSION.write(request, response, sessions.begin_session(user, signed_in_at, browser))
    if replaced:
        sessions.close_session(replaced)
    ATTEMPT.clear(request, response)
    return response


@router.post("/sign-out")
@pools.ISSUERS.runs
def sign_out(request: Request, visitor: Visiting, form_token: Annotated[str, Form()] = "") -> Response:
    if visitor is None:
        raise HTTPException(403, "Nobody is signed in.")
    check_form(request, visitor.session, form_token)
    sessions.close_session(visitor.session)
    return sign_out_at_issuer(request)


def callback_url(request: Request) -> str:
    return f"{public_url(request)}/mcp/callback"


def redirect(url: str) -> Response:
    return RedirectResponse(url, 303)
