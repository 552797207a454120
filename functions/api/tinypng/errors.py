"""The table from errors to TinyPNG's answers: `{"error": kind, "message": sentence}`.

TinyPNG's clients treat 401 and 429 as account errors, repeat a request after 0.5 seconds if the status is 5xx, and show
the message.
"""

from collections.abc import Mapping
from typing import NamedTuple

from fastapi.responses import JSONResponse

from imgopt import errors


class ErrorAnswer(NamedTuple):
    """The HTTP status, and TinyPNG's name of the kind of error."""

    status: int
    kind: str


class TinypngRefusal(Exception):
    """An error that only TinyPNG's API has."""

    def __init__(self, answer: ErrorAnswer, message: str) -> None:
        super().__init__(message)
        self.answer = answer


INPUT_MISSING, BAD_REQUEST = ErrorAnswer(400, "InputMissing"), ErrorAnswer(400, "BadRequest")
UNDECODABLE, BROKEN = ErrorAnswer(415, "DecodeError"), ErrorAnswer(500, "InternalServerError")
STILL_RUNNING, OVERSIZED = ErrorAnswer(503, "Unfinished"), ErrorAnswer(413, "TooLarge")
WRONG_CREDENTIALS = ErrorAnswer(401, "Unauthorized")
ANSWERS: dict[type[Exception], ErrorAnswer] = {
    errors.Unauthorized: WRONG_CREDENTIALS,
    errors.AccountBlocked: WRONG_CREDENTIALS,
    errors.NotFound: ErrorAnswer(404, "NotFound"),
    errors.Conflict: ErrorAnswer(409, "Conflict"),
    errors.NotReady: STILL_RUNNING,
    errors.Expired: ErrorAnswer(404, "NotFound"),
    errors.TooLarge: OVERSIZED,
    errors.TooCostly: OVERSIZED,
    errors.Unsupported: ErrorAnswer(415, "UnsupportedFile"),
    errors.Unrecognized: ErrorAnswer(400, "BadSignature"),
    errors.InvalidImage: UNDECODABLE,
    errors.InvalidRequest: BAD_REQUEST,
    errors.Unfetchable: ErrorAnswer(400, "SourceNotFetchable"),
    errors.FetchTimeout: ErrorAnswer(400, "SourceNotFetchable"),
    errors.NoTags: BAD_REQUEST,
    errors.InvalidSignature: BAD_REQUEST,
    errors.OutOfCredits: ErrorAnswer(429, "TooManyRequests"),
    errors.RateLimited: ErrorAnswer(429, "TooManyRequests"),
    errors.Interrupted: BROKEN,
    errors.NotConfigured: ErrorAnswer(501, "NotConfigured"),
    errors.Unavailable: ErrorAnswer(503, "Unavailable"),
}
# Kinds by status, for errors from outside routers.
KIND_OF_STATUS = {400: "BadRequest", 404: "NotFound", 405: "MethodNotAllowed", 413: "TooLarge", 500: BROKEN.kind}


def answer_error(error: errors.ImgoptError | TinypngRefusal, headers: Mapping[str, str]) -> JSONResponse:
    status, kind = error.answer if isinstance(error, TinypngRefusal) else ANSWERS[type(error)]
    return JSONResponse({"error": kind, "message": str(error)}, status, dict(headers))


def describe_problem(status: int, detail: str) -> dict[str, str]:
    return {"error": KIND_OF_STATUS[status], "message": detail}
