"""How long AWS is asked on behalf of a request: API Gateway gives up after 29 seconds, and then nobody is told why."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.tinypng.paths import is_tinypng
from imgopt import time_budget
from imgopt.settings import settings

# No attempt begins later. The last one may take 2 seconds to connect, and be silent for 6.
REQUEST_SECONDS = 20.0
# For what is read after a wait that took all its time.
RESULT_SECONDS = 2.0


class RequestTimeBudget:
    """Holds until the answer begins: streams go on for as long as they like."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with time_budget.limit_calls(seconds_for(scope)) as limit:

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    limit.lift()
                await send(message)

            await self.app(scope, receive, noted)


def seconds_for(scope: Scope) -> float:
    is_waiting = scope["type"] == "http" and is_tinypng(scope["path"])
    return max(REQUEST_SECONDS, settings().tinypng_seconds + RESULT_SECONDS) if is_waiting else REQUEST_SECONDS
