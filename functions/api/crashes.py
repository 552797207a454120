"""Unexpected errors: they are logged once, as JSON, and answered with 500. The connection stays open.

Starlette would answer and then raise the error again. The server would log it a second time and close the connection.
"""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.logs import describe_request
from functions.api.problems import problem_response
from imgopt.errors import ImgoptError
from imgopt.telemetry import logger

# These loggers write errors of the application a second time.
SERVERS = ("uvicorn.error", "mangum.http")


class IncompleteAnswer(Exception):
    """An answer that had begun can't be completed. The server closes the connection, so that the client notices."""


class CrashHandling:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        for name in SERVERS:
            logging.getLogger(name).addFilter(is_unreported)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            log_crash(scope, error)
            if has_begun:
                raise IncompleteAnswer from error
            await problem_response(scope, 500, "Internal server error.")(scope, receive, send)


def log_crash(scope: Scope, error: Exception) -> None:
    """Logs an error with its traceback. If a stream broke off because AWS did not answer, it logs a warning."""
    known = describe_request(scope)
    passing = next((each for each in (error, error.__cause__) if isinstance(each, ImgoptError)), None)
    if passing:
        logger.warning("answer broke off", extra={**known, "reason": type(passing).__name__})
    else:
        logger.error("unexpected error", exc_info=error, extra=known)


def is_unreported(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], IncompleteAnswer))
