"""The one table from errors to TinyPNG's answers: `{"error": kind, "message": sentence}`.

Its clients take 401 and 429 for matters of the account, send what got a 5xx once more after half a second, and show
the message.
"""

from collections.abc import Mapping
from typing import NamedTuple

from fastapi.responses import JSONResponse

from imgopt import errors


class Answer(NamedTuple):
    """The status, and TinyPNG's word for what went wrong."""

    status: int
    kind: str


class Refusal(Exception):
    """What only this API refuses."""

    def __init__(self, answer: Answer, message: str) -> None:
        super().__init__(message)
        self.answer = answer


INPUT_MISSING, BAD_REQUEST = Answer(400, "InputMissing"), Answer(400, "BadRequest")
UNDECODABLE, FAILED = Answer(415, "DecodeError"), Answer(500, "InternalServerError")
UNFINISHED, TOO_LARGE = Answer(503, "Unfinished"), Answer(413, "TooLarge")
UNAUTHORIZED = Answer(401, "Unauthorized")
ANSWERS: dict[type[Exception], Answer] = {
    errors.Unauthorized: UNAUTHORIZED,
    errors.ShutOut: UNAUTHORIZED,
    errors.NotFound: Answer(404, "NotFound"),
    errors.Conflict: Answer(409, "Conflict"),
    errors.NotReady: UNFINISHED,
    errors.Expired: Answer(404, "NotFound"),
    errors.TooLarge: TOO_LARGE,
    errors.TooCostly: TOO_LARGE,
    errors.Unsupported: Answer(415, "UnsupportedFile"),
    errors.Unrecognized: Answer(400, "BadSignature"),
    errors.InvalidImage: UNDECODABLE,
    errors.InvalidRequest: BAD_REQUEST,
    errors.Unfetchable: Answer(400, "SourceNotFetchable"),
    errors.NoTags: BAD_REQUEST,
    errors.InvalidSignature: BAD_REQUEST,
    errors.OutOfCredits: Answer(429, "TooManyRequests"),
    errors.RateLimited: Answer(429, "TooManyRequests"),
    errors.Interrupted: FAILED,
    errors.NotConfigured: Answer(501, "NotConfigured"),
    errors.Unavailable: Answer(503, "Unavailable"),
}
# By status, for what is refused before any router is asked.
KINDS = {400: "BadRequest", 404: "NotFound", 405: "MethodNotAllowed", 413: "TooLarge", 500: FAILED.kind}


def answer_error(error: errors.ImgoptError | Refusal, headers: Mapping[str, str]) -> JSONResponse:
    status, kind = error.answer if isinstance(error, Refusal) else ANSWERS[type(error)]
    return JSONResponse({"error": kind, "message": str(error)}, status, dict(headers))


def describe_problem(status: int, detail: str) -> dict[str, str]:
    return {"error": KINDS[status], "message": detail}
