"""The page where a user approves or denies a device."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from functions.api.addresses import UNKNOWN_ADDRESS, Address, find_client, network_of, origin_of, read_address
from functions.api.deps import NotesOrigin
from functions.api.errors import STATUS
from functions.api.pages.guards import check_form
from functions.api.pages.links import page_of
from functions.api.pages.rendering import page
from functions.api.pages.routes import PageRoute
from functions.api.pages.visitors import PageVisitor, Visiting
from functions.api.rate_limit import count_request
from imgopt import clock
from imgopt.accounts import sign_in
from imgopt.devices import service as devices
from imgopt.devices.model import Decision, DeviceCode
from imgopt.errors import Expired, NotFound
from imgopt.quotas.rules import DAY, RULES
from imgopt.settings import settings

router = APIRouter(prefix="/mcp", route_class=PageRoute, include_in_schema=False, dependencies=[NotesOrigin])
SIGN_IN_TO_DECIDE = "Sign in to decide whether a program may use your account."


@dataclass(frozen=True)
class DecisionPage:
    """The text of the page for a code that was decided on. `icon` is one of icon.html."""

    icon: str
    title: str
    text: str


APPROVED = "Device approved"
OUTCOMES = {
    Decision.APPROVED: DecisionPage(
        "done", APPROVED, "Go back to your program. It continues by itself. You can close this page."
    ),
    Decision.REDEEMED: DecisionPage("done", APPROVED, "Your program is signed in. You can close this page."),
    Decision.DENIED: DecisionPage("denied", "Device denied", "The program has no access. You can close this page."),
}
DECIDED_BY_ANOTHER = DecisionPage("failed", "The code has been used already", "Another user has approved or denied it.")
ACTION_OF_DECISION = {"approve": devices.approve, "deny": devices.deny}


@router.get("/authorize")
def show_code(request: Request, visitor: Visiting, code: str = "") -> Response:
    """The page with what the device asks for. A visitor who is not signed in gets the page to sign in."""
    request.state.wanted = code
    if visitor is None:
        sign_in.require_issuer()
        return page("sign_in.html", why=SIGN_IN_TO_DECIDE, query={"wanted": code[:30]} if code else {})
    if not code.strip():
        return enter(visitor)
    try:
        return describe_code(request, visitor, devices.find(code, visitor.user.id))
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
    if decision not in ACTION_OF_DECISION:
        raise HTTPException(400, "Choose Approve or Deny.")
    if decision == "approve":
        count_request(request, RULES["approve"], origin_of(request))
    ACTION_OF_DECISION[decision](code, visitor.user.id)
    return RedirectResponse(page_of(code), 303)


def describe_code(request: Request, visitor: PageVisitor, code: DeviceCode) -> Response:
    if code.status is Decision.PENDING:
        return ask(request, visitor, code)
    if code.user_id != visitor.user.id:
        return page("device_outcome.html", visitor, outcome=DECIDED_BY_ANOTHER, status=409)
    return page("device_outcome.html", visitor, outcome=OUTCOMES[code.status])


def ask(request: Request, visitor: PageVisitor, code: DeviceCode) -> Response:
    config = settings()
    return page(
        "approve_device.html",
        visitor,
        code=code,
        minutes=int((clock.now() - code.created_at).total_seconds() // 60),
        days=days_of(config.device_token_lifetime),
        days_of_disuse=days_of(min(config.device_token_disuse, config.device_token_lifetime)),
        visitor_address=find_other_address(request, code.address),
    )


def find_other_address(request: Request, address: str) -> Address | None:
    """The visitor's address if it differs from that of the device, and both are known. None otherwise.

    Equal addresses prove nothing: behind a proxy that is not configured, all visitors have the proxy's address.
    """
    there, here = network_of(read_address(address)), origin_of(request)
    return None if UNKNOWN_ADDRESS in (there, here) or there == here else find_client(request)


def enter(visitor: PageVisitor, code: str = "", problem: str = "", status: int = 200) -> Response:
    """The page with the form for a code. `problem` says what is wrong with the code that was entered."""
    return page("enter_code.html", visitor, code=code[:30], problem=problem, status=status)


def days_of(seconds: int) -> int:
    return max(1, seconds // DAY)
