"""The web page for images. Its HTML is empty: its scripts build it and call the API."""

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

# Images come from this origin, from memory, or from S3, to which large files are also uploaded. Only lit-html's
# templates may be inserted as HTML.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data: {results} {uploads}; "
    "connect-src 'self' {uploads}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types lit-html"
)
MAIN_SCRIPT = "app/main.js"
# Enough characters to distinguish the users of one browser.
KEY_LENGTH = 16
# The order matters: the first defines the colours and sizes that the others use.
STYLES = [f"style/{name}.css" for name in ("main", "controls", "layout", "lists", "dialogs")]


def app_page(request: Request, visitor: PageVisitor | None, config: dict[str, Any], problem: str = "") -> HTMLResponse:
    """The page. `config` is the answer of `/config`. `problem` says why a signed-in visitor is treated as a guest."""
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
    """The session for the page's scripts; None for a guest.

    The token proves to the API that a request comes from this page. Without the cookie it has no effect. By `key` the
    page stores a user's jobs separately from those of other users of the browser.
    """
    if visitor is None:
        return None
    key = sha256(visitor.user.id.encode()).hexdigest()[:KEY_LENGTH]
    return {"name": visitor.name, "token": visitor.form_token, "key": key}
