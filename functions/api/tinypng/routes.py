"""Routes of TinyPNG's API: keys come by HTTP Basic, errors have TinyPNG's form."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response

from functions.api import pools
from functions.api.errors import headers_of
from functions.api.rate_limit import LimitedRoute
from functions.api.tinypng.answers import COUNT
from functions.api.tinypng.errors import STILL_RUNNING, TinypngRefusal, answer_error
from functions.api.tinypng.keys import KeyCredentials, credentials_of
from imgopt import errors
from imgopt.accounts.model import Principal
from imgopt.credits import compressions
from imgopt.credits.service import balance

RETRY_SECONDS = "1"
CHALLENGE = 'Basic realm="API key"'


class TinypngRoute(LimitedRoute):
    def credentials_of(self, request: Request) -> KeyCredentials:
        """The credentials of the header, or those of the key in the path if there is one."""
        return (None, None) if "key" in request.path_params else credentials_of(request.headers.get("authorization"))

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except (errors.ImgoptError, TinypngRefusal) as error:
                return answer_error(error, {**headers_for(error), **await count_headers(request, error)})

        return answer


def headers_for(error: Exception) -> dict[str, str]:
    """The headers of errors as of other routes, but with TinyPNG's challenge, and for jobs that still run."""
    known = {"Retry-After": RETRY_SECONDS} if is_unfinished(error) else headers_of(error)
    return known | {"WWW-Authenticate": CHALLENGE} if "WWW-Authenticate" in known else known


async def count_headers(request: Request, error: Exception) -> dict[str, str]:
    """The number of compressions that the key's owner has used. Clients check a key by a request that is refused, and
    read the number there.

    It is left out beyond a rate limit, where it would cost a read of the table.
    """
    principal: Principal | None = getattr(request.state, "principal", None)
    if principal is None or isinstance(error, errors.RateLimited):
        return {}
    return {COUNT: str(compressions.used_of(await pools.JOBS.run(balance, principal)))}


def is_unfinished(error: Exception) -> bool:
    return isinstance(error, TinypngRefusal) and error.answer is STILL_RUNNING
