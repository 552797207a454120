"""The end of a session of ours, which goes on at who signs people in."""

from contextlib import suppress

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from functions.api.locations import public_url
from functions.api.pages.rendering import fill, page
from functions.api.pages.visitors import SESSION
from imgopt.accounts import sign_out
from imgopt.errors import NotAvailable, Unavailable

AFTERWARDS = "authorize"


def lead_out(request: Request) -> Response:
    """By a page that goes on by itself: a form of ours may not lead to other websites, not even by a redirect.

    An issuer that does not answer keeps its session, and ours is over all the same.
    """
    address = None
    with suppress(Unavailable, NotAvailable):
        address = sign_out.address_of(f"{public_url(request)}/mcp/{AFTERWARDS}")
    response = go_on(address) if address else RedirectResponse(AFTERWARDS, 303, {"Cache-Control": "no-store"})
    SESSION.clear(request, response)
    return response


def go_on(address: str) -> Response:
    response = page("Signing out", fill("signing_out.html", address=address))
    response.headers["Refresh"] = f"0; url={address}"
    return response
