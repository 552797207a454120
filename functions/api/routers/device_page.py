"""The page where a person lets a device in, or does not."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from functions.api.addresses import UNKNOWN, find_client, network_of, origin_of, read_address
from functions.api.deps import NotesOrigin
from functions.api.errors import STATUS
from functions.api.pages.guards import check_form
from functions.api.pages.links import page_of
from functions.api.pages.rendering import NOTHING, fill, page
from functions.api.pages.routes import PageRoute
from functions.api.pages.visitors import Visiting, Visitor
from functions.api.throttling import count
from imgopt import clock
from imgopt.accounts import sign_in
from imgopt.devices import service as devices
from imgopt.devices.model import Decision, DeviceCode
from imgopt.errors import Expired, NotFound
from imgopt.quotas.rules import DAY, RULES
from imgopt.settings import settings

router = APIRouter(prefix="/mcp", route_class=PageRoute, include_in_schema=False, dependencies=[NotesOrigin])
NOT_KNOWN = "not known"
WHY = "Sign in to decide whether a program may work in your name."
APPROVED, DENIED, USED = "Device approved", "Device denied", "The code has been used already"
OUTCOMES = {
    Decision.APPROVED: (
        "done.html",
        APPROVED,
        "Go back to your program: it goes on by itself. You can close this page.",
    ),
    Decision.REDEEMED: ("done.html", APPROVED, "Your program has been let in. You can close this page."),
    Decision.DENIED: ("denied.html", DENIED, "The program was not let in. You can close this page."),
}
DECIDE = {"approve": devices.approve, "deny": devices.deny}


@router.get("/authorize")
def show_code(request: Request, visitor: Visiting, code: str = "") -> Response:
    """What is asked for, to whoever has signed in."""
    request.state.wanted = code
    if visitor is None:
        sign_in.check_set_up()
        query = urlencode({"wanted": code[:30]} if code else {})
        return page("Sign in", fill("sign_in.html", why=WHY, query=query))
    if not code.strip():
        return enter(visitor)
    try:
        return describe(request, visitor, devices.find(code, visitor.user.id))
    except (NotFound, Expired) as error:
        return enter(visitor, code, str(error), STATUS[type(error)])


@router.post("/authorize")
def decide(
    request: Request,
    visitor: Visiting,
    code: Annotated[str, Form()] = "",
    decision: Annotated[str, Form()] = "",
    form_token: Annotated[str, Form()] = "",
) -> Response:
    request.state.wanted = code
    if visitor is None:
        raise HTTPException(403, "Your session is over. Please sign in again.")
    check_form(request, visitor.session, form_token)
    if decision not in DECIDE:
        raise HTTPException(400, "Choose to approve or to deny.")
    if decision == "approve":
        count(request, RULES["approve"], origin_of(request))
    DECIDE[decision](code, visitor.user.id)
    return RedirectResponse(page_of(code), 303)


def describe(request: Request, visitor: Visitor, code: DeviceCode) -> Response:
    if code.status is Decision.PENDING:
        return ask(request, visitor, code)
    if code.user_id != visitor.user.id:
        content, mark = fill("message.html", text="Someone else has decided."), fill("failed.html")
        return page(USED, content, account=visitor.account(), mark=mark, status=409)
    mark, title, text = OUTCOMES[code.status]
    return page(title, fill("message.html", text=text), account=visitor.account(), mark=fill(mark))


def ask(request: Request, visitor: Visitor, code: DeviceCode) -> Response:
    minutes = int((clock.now() - code.created_at).total_seconds() // 60)
    known = settings()
    content = fill(
        "ask.html",
        code=code.user_code,
        moment=code.created_at.isoformat(timespec="seconds"),
        when=f"{code.created_at:%H:%M} UTC, {ago(minutes)}",
        days=spell_days(known.device_token_lifetime),
        idle=spell_days(min(known.device_token_disuse, known.device_token_lifetime)),
        address=compare(request, code.address),
        program=code.program or NOT_KNOWN,
        form_token=visitor.form_token,
    )
    return page("Let this device in?", content, account=visitor.account())


def compare(request: Request, address: str) -> str:
    """Where the code was asked from, and where the page is looked at if that is elsewhere.

    The same address proves nothing: behind a proxy that the settings don't know, all people have the proxy's.
    """
    there, here = network_of(read_address(address)), origin_of(request)
    if UNKNOWN in (there, here) or there == here:
        return address or NOT_KNOWN
    return f"{address}; yours is {find_client(request)}"


def enter(visitor: Visitor, code: str = "", problem: str = "", status: int = 200) -> Response:
    """The form for a code, with what is wrong with the last one."""
    said = fill("problem.html", text=problem) if problem else NOTHING
    described_by, is_wrong = ("problem hint", "true") if problem else ("hint", "false")
    content = fill("enter.html", problem=said, code=code[:30], described_by=described_by, is_wrong=is_wrong)
    return page("Enter a code", content, account=visitor.account(), status=status)


def ago(minutes: int) -> str:
    return "just now" if minutes < 1 else f"{minutes} minute{'s' * (minutes > 1)} ago"


def spell_days(seconds: int) -> str:
    days = max(1, seconds // DAY)
    return f"{days} day{'s' * (days > 1)}"
