"""Checks that a form was sent from the service's own page, by the visitor it was shown to (CSRF protection)."""

from fastapi import HTTPException, Request

from functions.api.locations import origin, public_url
from imgopt.accounts import sessions

OWN_SITE = ("same-origin", "none")


def check_form(request: Request, session: str, form_token: str) -> None:
    """Raises HTTPException 403 if the origin or the token of the form is wrong."""
    if not is_own_origin(request) or not sessions.is_from_form(session, form_token):
        raise HTTPException(403, "This form does not belong to your session. Go back, reload the page and try again.")


def is_own_origin(request: Request) -> bool:
    """Whether the form comes from the service's own origin, which every browser sends with a form."""
    return request.headers.get("origin") == origin(public_url(request))


def is_own_link(request: Request) -> bool:
    """Whether the link was followed on the service's own page, or typed in. Also true if the browser does not tell."""
    return request.headers.get("sec-fetch-site", "none") in OWN_SITE
