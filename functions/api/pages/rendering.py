"""Pages from the templates of this package. Whatever a template is given is text: it is escaped where it is put."""

import secrets
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.responses import HTMLResponse

from functions.api.pages.dates import format_date, format_moment
from functions.api.pages.visitors import PageVisitor

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE_FOLDER = Path(__file__).parent / "templates"
PAGE_POLICY = "default-src 'none'; style-src 'nonce-{}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


@cache
def environment() -> "Environment":
    """A name that a template was not given is an error there, and never nothing.

    Importing Jinja2 is a twentieth of a cold start, and most processes never show a page.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATE_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"date": format_date, "moment": format_moment}
    return made


def render_template(template: str, /, **values: object) -> str:
    return environment().get_template(template).render(values)


def page(template: str, visitor: PageVisitor | None = None, *, status: int = 200, **values: object) -> HTMLResponse:
    """A whole page, which says that `visitor` is signed in: no scripts, no frames around it, nothing from elsewhere.

    Forms go to ourselves alone. `same-origin` keeps the codes of addresses from others as `no-referrer` would, and lets
    browsers say with forms where these come from, which `no-referrer` would not.
    """
    nonce = secrets.token_urlsafe(16)
    user = {"name": visitor.name, "form_token": visitor.form_token} if visitor else None
    headers = {
        "Content-Security-Policy": PAGE_POLICY.format(nonce),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
    }
    return HTMLResponse(render_template(template, nonce=nonce, user=user, **values), status, headers)
