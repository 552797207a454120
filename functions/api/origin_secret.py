"""Requests that went around the proxy in front, such as a CDN with its firewall: they lack a secret that it adds."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from functions.api import pools
from functions.api.errors import answer_domain_error
from functions.api.shared_secrets import SecretSource
from imgopt.errors import Unavailable
from imgopt.settings import settings

HEADER = "Imgopt-Origin-Secret"
FORBIDDEN = 403
AROUND = "Requests have to come through the address of the service."
# Asked from within, and they tell nothing.
OPEN_PATHS = ("/health", "/readiness")


class OriginSecret:
    """Before anything of the body is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = await refusal_of(scope) if scope["type"] == "http" and scope["path"] not in OPEN_PATHS else None
        await (refusal or self.app)(scope, receive, send)


async def refusal_of(scope: Scope) -> Response | None:
    """None where no secret is required, or it is there."""
    secret = SecretSource(settings().origin_secret, settings().origin_secret_arn)
    given = Headers(scope=scope).get(HEADER, "").encode("latin-1")
    try:
        if not secret.is_set_up or await pools.SECRETS.run(secret.fits, given):
            return None
    except Unavailable as error:
        return await answer_domain_error(Request(scope), error)
    return JSONResponse({"detail": AROUND}, FORBIDDEN)
