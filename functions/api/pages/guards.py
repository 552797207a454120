"""Whether a form was sent from a page of ours, by whom it was shown to."""

from fastapi import HTTPException, Request

from functions.api.locations import origin, public_url
from imgopt.accounts import sessions

OWN_SITE = ("same-origin", "none")


def check_form(request: Request, session: str, form_token: str) -> None:
    """Raises HTTPException 403 unless both the browser and the form say so."""
    if not is_own_origin(request) or not sessions.is_from_form(session, form_token):
        raise HTTPException(403, "This form is not from a page of this session. Please go back and try again.")


def is_own_origin(request: Request) -> bool:
    """Every browser names the origin of a form that it posts."""
    return request.headers.get("origin") == origin(public_url(request))


def is_own_link(request: Request) -> bool:
    """Whether it was followed on a page of ours, or the address typed in. Old browsers don't say."""
    return request.headers.get("sec-fetch-site", "none") in OWN_SITE
