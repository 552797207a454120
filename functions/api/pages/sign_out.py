"""Signing out at the OIDC issuer, after the session of the service's pages has ended."""

from contextlib import suppress

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from functions.api.locations import public_url
from functions.api.pages.rendering import page
from functions.api.pages.visitors import SESSION
from imgopt.accounts import sign_out
from imgopt.errors import NotConfigured, Unavailable

PAGE_AFTERWARDS = "authorize"


def sign_out_at_issuer(request: Request) -> Response:
    """Answers a page that redirects to the issuer by itself, as the pages' policy forbids redirects of forms.

    If the issuer does not answer, its session stays, and only that of the pages has ended.
    """
    address = None
    with suppress(Unavailable, NotConfigured):
        address = sign_out.logout_url(f"{public_url(request)}/mcp/{PAGE_AFTERWARDS}")
    response = redirecting_page(address) if address else RedirectResponse(PAGE_AFTERWARDS, 303)
    SESSION.clear(request, response)
    return response


def redirecting_page(address: str) -> Response:
    response = page("signing_out.html", address=address)
    response.headers["Refresh"] = f"0; url={address}"
    return response
