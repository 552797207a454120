"""A limit on the time for calls to AWS in a request. API Gateway aborts after 29 seconds, without a reason."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.tinypng.paths import is_tinypng
from imgopt import time_budget
from imgopt.settings import settings

# Seconds after which no attempt begins. The last one may take 2 seconds to connect and 6 to answer.
REQUEST_SECONDS = 20.0
# Seconds for reads after a wait that has used the budget.
RESULT_SECONDS = 2.0


class RequestTimeBudget:
    """Middleware that sets the budget of a request. It ends when the answer begins, so that streams are not limited."""

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
