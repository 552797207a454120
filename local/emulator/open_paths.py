"""What is open without a signature: what a person's browser and the service need of Cognito for signing in and out.

An exact list. A browser is shown the form and sends it back; the service reads keys and exchanges a code, which is of
use only together with what that browser has. Whatever else the emulator could read out of such a request is dropped.
"""

import re

from local.emulator.requests import Request

AUTHORIZE, LOGIN, TOKEN_PATH, LOGOUT = "/oauth2/authorize", "/login", "/oauth2/token", "/logout"
OPEN = (("GET", AUTHORIZE), ("POST", LOGIN), ("POST", TOKEN_PATH), ("GET", LOGOUT))
# Where browsers are led from other pages.
NAVIGABLE = (AUTHORIZE, LOGOUT)
PUBLISHED = re.compile(r"/us-east-1_[A-Za-z0-9]{1,55}/\.well-known/(jwks\.json|openid-configuration)")
KEPT = ("accept", "accept-language", "authorization", "content-length", "content-type", "host", "user-agent")
BASIC, FORM = "Basic ", "application/x-www-form-urlencoded"
MOST_FORM_BYTES = 20_000
# Nobody may lay a page of theirs over the form, and nothing is kept of it.
FRAMELESS = [(b"x-frame-options", b"DENY"), (b"cache-control", b"no-store")]


def is_open(request: Request) -> bool:
    if request.path != request.scope["path"]:  # an encoding, which one of the two could read in another way
        return False
    if not (request.header("authorization") or BASIC).startswith(BASIC):  # of a client that has a secret
        return False
    if request.method == "POST" and not (request.header("content-type") or "").startswith(FORM):
        return False
    if (request.method, request.path) in OPEN:
        return not request.query or request.path in NAVIGABLE
    return request.method == "GET" and bool(PUBLISHED.fullmatch(request.path)) and not request.query
