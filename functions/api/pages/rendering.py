"""Renders the templates of this package. All values are escaped."""

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
    """Jinja2's environment. Undefined names in templates are errors.

    Jinja2 is imported here, because the import takes 5 % of a cold start and most processes never show a page.
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
    """A page, with the name of `visitor` if one is signed in.

    Its policy forbids scripts, frames around it, content from elsewhere, and forms to elsewhere. The referrer policy is
    `same-origin`: it hides codes in URLs from other websites, but browsers still send the origin of forms, which they
    would not with `no-referrer`.
    """
    nonce = secrets.token_urlsafe(16)
    user = {"name": visitor.name, "form_token": visitor.form_token} if visitor else None
    headers = {
        "Content-Security-Policy": PAGE_POLICY.format(nonce),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
    }
    return HTMLResponse(render_template(template, nonce=nonce, user=user, **values), status, headers)
