"""Pages from templates. Whatever is put into one is text, unless it comes from a template itself."""

import secrets
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from fastapi.responses import HTMLResponse

TEMPLATES = Path(__file__).parent / "templates"


class Html(str):
    """Markup of ours: it is not escaped again."""

    __slots__ = ()


NOTHING = Html()
POLICY = "default-src 'none'; style-src 'nonce-{}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


@cache
def template(name: str) -> Template:
    return Template((TEMPLATES / name).read_text(encoding="utf-8"))


def fill(name: str, /, **values: str) -> Html:
    safe = {key: value if isinstance(value, Html) else escape(value) for key, value in values.items()}
    return Html(template(name).substitute(safe))


def page(
    title: str, content: Html, *, account: Html = NOTHING, mark: Html = NOTHING, status: int = 200
) -> HTMLResponse:
    """A whole page: no scripts, no frames around it, nothing from elsewhere.

    `mark` is a picture above the title, of how something went. Forms go to ourselves alone. `same-origin` keeps the
    codes of addresses from others as `no-referrer` would, and lets browsers say with forms where these come from, which
    `no-referrer` would not.
    """
    nonce = secrets.token_urlsafe(16)
    style = Html(template("style.css").template)
    body = fill("layout.html", title=title, mark=mark, content=content, account=account, nonce=nonce, style=style)
    headers = {
        "Content-Security-Policy": POLICY.format(nonce),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
    }
    return HTMLResponse(body, status, headers)
