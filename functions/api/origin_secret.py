"""Refuses requests that bypass the proxy in front, such as a CDN: they lack the secret that the proxy adds."""

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
USE_PUBLIC_URL = "Send requests to the public URL of the service. This address accepts only its proxy."
# Health checks come from inside the network, and reveal nothing.
OPEN_PATHS = ("/health", "/readiness")


class OriginSecret:
    """Middleware that refuses such requests before their body is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = await refusal_of(scope) if scope["type"] == "http" and scope["path"] not in OPEN_PATHS else None
        await (refusal or self.app)(scope, receive, send)


async def refusal_of(scope: Scope) -> Response | None:
    """The answer to a request without the secret. None if the secret is right or none is configured."""
    secret = SecretSource(settings().origin_secret, settings().origin_secret_arn)
    given = Headers(scope=scope).get(HEADER, "").encode("latin-1")
    try:
        if not secret.is_set_up or await pools.SECRETS.run(secret.fits, given):
            return None
    except Unavailable as error:
        return await answer_domain_error(Request(scope), error)
    return JSONResponse({"detail": USE_PUBLIC_URL}, FORBIDDEN)
