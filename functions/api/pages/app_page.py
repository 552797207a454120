"""The page where one drops images. It is empty: scripts of its own fill it by calls of the API."""

from hashlib import sha256
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from functions.api.pages.assets import asset_address, names_of
from functions.api.pages.languages import choose_language
from functions.api.pages.rendering import render_template
from functions.api.pages.visitors import PageVisitor
from imgopt.files.repository import uploads_origin
from imgopt.jobs.service import artifacts_origin

# Images come from this address, from memory, or from where large results are; large files are sent to S3 directly.
# What is put into the page as HTML has to be a template of lit-html's.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data: {results} {uploads}; "
    "connect-src 'self' {uploads}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types lit-html"
)
MAIN_SCRIPT = "app/main.js"
# Enough to tell the users of one browser apart.
KEY_LENGTH = 16
# In this order: the first has the colours and sizes that all others are made of.
STYLES = [f"style/{name}.css" for name in ("main", "controls", "layout", "lists", "dialogs")]


def app_page(request: Request, visitor: PageVisitor | None, config: dict[str, Any], problem: str = "") -> HTMLResponse:
    """`config` is what `/config` answers. `problem` says why somebody who has signed in counts as a guest."""
    language = choose_language(request.headers.get("accept-language", ""))
    body = render_template(
        "app.html",
        language=language,
        styles=[asset_address(each) for each in STYLES],
        script=asset_address(MAIN_SCRIPT),
        modules=[asset_address(each) for each in names_of(".js") if each != MAIN_SCRIPT],
        texts=asset_address(f"app/texts/{language}.json"),
        icon=asset_address("icon.svg"),
        known={"config": config, "session": describe_session(visitor), "problem": problem, "language": language},
    )
    headers = {
        "Content-Security-Policy": POLICY.format(results=artifacts_origin(), uploads=uploads_origin()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "Vary": "Accept, Accept-Language",
    }
    return HTMLResponse(body, headers=headers)


def describe_session(visitor: PageVisitor | None) -> dict[str, str] | None:
    """The token proves to the API that a request comes from this page; without the cookie it is worth nothing.

    `key` is by what the page keeps a user's jobs apart from those of others who use the browser.
    """
    if visitor is None:
        return None
    key = sha256(visitor.user.id.encode()).hexdigest()[:KEY_LENGTH]
    return {"name": visitor.name, "token": visitor.form_token, "key": key}
