"""The requests that need no signature: those of browsers and of the service to Cognito, for signing in and out.

An exact list. A browser is shown the form and sends it back; the service reads keys and exchanges a code, which is of
use only together with what that browser has. Whatever else the emulator could read out of such a request is dropped.
"""

import re

from local.emulator.requests import Request

AUTHORIZE, LOGIN, TOKEN_PATH, LOGOUT = "/oauth2/authorize", "/login", "/oauth2/token", "/logout"
OPEN = (("GET", AUTHORIZE), ("POST", LOGIN), ("POST", TOKEN_PATH), ("GET", LOGOUT))
# The paths to which pages of other origins redirect browsers.
NAVIGABLE = (AUTHORIZE, LOGOUT)
PUBLISHED = re.compile(r"/us-east-1_[A-Za-z0-9]{1,55}/\.well-known/(jwks\.json|openid-configuration)")
KEPT = ("accept", "accept-language", "authorization", "content-length", "content-type", "host", "user-agent")
BASIC, FORM = "Basic ", "application/x-www-form-urlencoded"
MOST_FORM_BYTES = 20_000
# Headers that forbid framing of the form, and caching.
FRAMELESS = [(b"x-frame-options", b"DENY"), (b"cache-control", b"no-store")]


def is_open(request: Request) -> bool:
    if request.path != request.scope["path"]:  # guard and emulator could decode it differently
        return False
    if not (request.header("authorization") or BASIC).startswith(BASIC):  # that of a client with a secret
        return False
    if request.method == "POST" and not (request.header("content-type") or "").startswith(FORM):
        return False
    if (request.method, request.path) in OPEN:
        return not request.query or request.path in NAVIGABLE
    return request.method == "GET" and bool(PUBLISHED.fullmatch(request.path)) and not request.query
