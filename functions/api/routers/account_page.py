"""The page of the user's account: credits, API keys, approved devices, and browsers that are signed in."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from functions.api import pools
from functions.api.deps import NotesOrigin
from functions.api.pages.guards import check_form
from functions.api.pages.links import ACCOUNT
from functions.api.pages.rendering import page
from functions.api.pages.routes import PageRoute
from functions.api.pages.sign_out import sign_out_at_issuer
from functions.api.pages.visitors import PageVisitor, Visiting
from imgopt import clock
from imgopt.accounts import api_keys, sessions, sign_in
from imgopt.accounts.names import check_name
from imgopt.accounts.plans import Tier
from imgopt.callbacks import owner_secrets
from imgopt.credits.service import balance
from imgopt.devices import tokens
from imgopt.retention import account_deletion

router = APIRouter(prefix="/mcp", route_class=PageRoute, include_in_schema=False, dependencies=[NotesOrigin])
SIGN_IN_TO_SEE = "Sign in to see your credits, API keys and devices."
# The lifetimes of a new key in days, as in the form. An empty one means that the key does not expire.
LIFETIMES = ("", "30", "90", "365")


@router.get("/account")
def show_account(request: Request, visitor: Visiting) -> Response:
    request.state.wanted = ACCOUNT
    if visitor is None:
        sign_in.require_issuer()
        return page("sign_in.html", why=SIGN_IN_TO_SEE, query={"wanted": ACCOUNT})
    return page(
        "account.html",
        visitor,
        credits=balance(visitor.principal),
        keys=api_keys.find_all(visitor.user.id),
        devices=tokens.find_all(visitor.user.id),
        sessions=sessions.find_all(visitor.user.id),
        this_session=visitor.signed_in,
        now=clock.now(),
    )


@router.get("/delete-account")
def ask_whether_to_delete(request: Request, visitor: Visiting) -> Response:
    """The page that asks for confirmation. It has the button that deletes the account."""
    request.state.wanted = ACCOUNT
    if visitor is None:
        return back()
    return page("delete_account.html", visitor, has_plan=visitor.principal.tier is not Tier.FREE)


class AccountForm(BaseModel):
    """A form of the page: the `action` of its button, and the `value` it refers to. `days` is a new key's lifetime."""

    action: str = ""
    value: str = ""
    days: str = ""
    form_token: str = ""


Action = Callable[[Request, PageVisitor, AccountForm], Response]


@router.post("/account")
@pools.JOBS.runs
def change_account(request: Request, visitor: Visiting, form: Annotated[AccountForm, Form()]) -> Response:
    request.state.wanted = ACCOUNT
    if visitor is None:
        raise HTTPException(403, "Your session is over. Please sign in again.")
    check_form(request, visitor.session, form.form_token)
    if form.action not in ACTIONS:
        raise HTTPException(400, "This form is not known. Reload the page and try again.")
    if form.action in NEED_RECENT_SIGN_IN and not sessions.is_recent(visitor.signed_in):
        return page("sign_in_again.html", visitor, status=403)
    return ACTIONS[form.action](request, visitor, form)


def create_key(_: Request, visitor: PageVisitor, form: AccountForm) -> Response:
    if form.days not in LIFETIMES:
        raise HTTPException(422, "Choose for how long the key is valid.")
    try:
        _stored, key = api_keys.create(visitor.user.id, check_name(form.value.strip()), int(form.days or 0) or None)
    except ValueError as error:
        raise HTTPException(422, f"The name is not allowed: {error}.") from error
    return page("new_api_key.html", visitor, key=key)


def revoke_key(_: Request, visitor: PageVisitor, form: AccountForm) -> Response:
    api_keys.delete(visitor.user.id, form.value)
    return back()


def log_out(_: Request, visitor: PageVisitor, form: AccountForm) -> Response:
    tokens.log_out(visitor.user.id, form.value)
    return back()


def end_session(_: Request, visitor: PageVisitor, form: AccountForm) -> Response:
    sessions.end_one(visitor.user.id, form.value)
    return back()


def end_all_sessions(request: Request, visitor: PageVisitor, _: AccountForm) -> Response:
    """Ends all sessions of the user, also that of this browser."""
    sessions.end_all(visitor.user.id)
    return sign_out_at_issuer(request)


def change_secret(_: Request, visitor: PageVisitor, __: AccountForm) -> Response:
    return page("new_callback_secret.html", visitor, secret=owner_secrets.replace_secret(visitor.user.id))


def delete_account(_: Request, visitor: PageVisitor, form: AccountForm) -> Response:
    if form.value != "yes":
        raise HTTPException(422, "Nothing was deleted. Tick the box to confirm that you are sure.")
    account_deletion.begin_deletion(visitor.user.id)
    return page("account_deleted.html")


ACTIONS: dict[str, Action] = {
    "create-key": create_key,
    "revoke-key": revoke_key,
    "log-out": log_out,
    "end-session": end_session,
    "end-all-sessions": end_all_sessions,
    "change-secret": change_secret,
    "delete-account": delete_account,
}
# Actions whose effect outlasts the session, or can't be undone. They need a recent sign-in.
NEED_RECENT_SIGN_IN = ("create-key", "change-secret", "delete-account")


def back() -> Response:
    return RedirectResponse(ACCOUNT, 303)
