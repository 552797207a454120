"""The table from domain errors to HTTP statuses, and the handlers that answer errors as JSON with `detail`."""

import errno
import json
from math import ceil, inf
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from functions.api import payments
from functions.api.field_errors import reword
from functions.api.preflight import allowed_methods
from functions.api.problems import problem_response
from imgopt import clock, errors
from imgopt.accounts.plans import Tier

# The answer to an invalid request has at most so many errors, and echoes the input up to so many bytes.
MOST_SHOWN_ERRORS, MOST_ECHOED_BYTES = 50, 16384
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
STATUS: dict[type[Exception], int] = {
    errors.Unauthorized: 401,
    errors.AccountBlocked: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.NotReady: 400,
    errors.Expired: 410,
    errors.TooLarge: 413,
    errors.TooCostly: 413,
    errors.Unsupported: 415,
    errors.Unrecognized: 415,
    errors.InvalidImage: 400,
    errors.InvalidRequest: 422,
    errors.Unfetchable: 400,
    errors.FetchTimeout: 400,
    errors.UnreachableSource: 404,
    errors.SourceRefused: 404,
    errors.SourceFailed: 502,
    errors.SourceTimeout: 504,
    errors.UnusableSource: 422,
    errors.NoTags: 422,
    errors.InvalidSignature: 400,
    errors.InvalidImageUrl: 404,
    errors.ForbiddenImageUrl: 403,
    errors.OutOfCredits: 429,
    errors.RateLimited: 429,
    errors.NothingPaid: 429,
    errors.Interrupted: 500,
    errors.NotConfigured: 501,
    errors.Unavailable: 503,
}


def add_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(errors.ImgoptError, answer_domain_error)
    # Starlette's types have no handlers for a subclass of Exception.
    app.add_exception_handler(errors.OutOfCredits, answer_out_of_credits)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, answer_invalid_request)
    app.add_exception_handler(OSError, answer_full_disk)
    app.add_exception_handler(404, answer_unknown_path)
    app.add_exception_handler(405, answer_wrong_method)


async def answer_domain_error(_: Request, error: Exception) -> JSONResponse:
    """Answers `detail` as a sentence. For an invalid body it is a list, as the contract says."""
    status, is_of_body = status_of(error), isinstance(error, (errors.InvalidRequest, errors.NoTags))
    is_list = status == 422 and is_of_body
    detail = [{"type": "value_error", "loc": ["body"], "msg": str(error)}] if is_list else str(error)
    return JSONResponse({"detail": detail}, status, headers_of(error))


def status_of(error: Exception) -> int:
    """The HTTP status of an error. If the server of a source refused it, that server's status is passed on."""
    return error.answered if isinstance(error, errors.SourceRefused) else STATUS[type(error)]


async def answer_full_disk(request: Request, error: Exception) -> JSONResponse:
    """Answers 503 if the disk is full, as large uploads are buffered there. Raises all other system errors again."""
    if not isinstance(error, OSError) or error.errno not in DISK_FULL:
        raise error
    return await answer_domain_error(request, errors.Unavailable("The disk is full. Please try again later."))


def headers_of(error: Exception) -> dict[str, str]:
    """Headers that HTTP requires for a status (RFC 9110, 10.2.3 and 11.6.1)."""
    if isinstance(error, (errors.RateLimited, errors.Unavailable)):
        return {"Retry-After": str(error.retry_after)}
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, errors.Unauthorized) else {}


async def answer_out_of_credits(request: Request, error: errors.OutOfCredits) -> JSONResponse:
    """Answers 429, or 402 if the request can be paid, with the credits that are left and needed, and their reset."""
    content = {
        "detail": str(error),
        "is_guest": error.tier == Tier.UNREGISTERED,
        "tier": error.tier,
        "credits_limit": error.limit,
        "credits_remaining": error.remaining,
        "credits_needed": error.needed,
        "credits_reset_at": error.resets_at.isoformat(),
    }
    seconds = max(1, ceil((error.resets_at - clock.now()).total_seconds()))
    headers = {"Retry-After": str(seconds), "X-RateLimit-Remaining": str(error.remaining)}
    if payments.takes_payment(request.scope["path"]):
        return JSONResponse(content, 402, {**headers, payments.REQUIRED_HEADER: payments.offer_for(request, error)})
    return JSONResponse(content, STATUS[type(error)], headers)


async def answer_invalid_request(request: Request, error: Exception) -> Response:
    """Answers 422 with FastAPI's list of errors. Input that is large or too deeply nested to be written is not echoed.

    The list is cut: half a million errors would make an answer of 60 MB for a request of 1 MB.
    """
    all_found = error.errors() if isinstance(error, RequestValidationError) else []
    found = [reword(each) for each in all_found[:MOST_SHOWN_ERRORS]]
    if body_length(request) > MOST_ECHOED_BYTES:
        found = [{**each, "input": None} for each in found]
    try:
        detail = write_json(found)
    except RecursionError:
        detail = write_json([{**each, "input": None} for each in found])
    return Response(f'{{"detail": {detail}}}', 422, media_type="application/json")


def body_length(request: Request) -> float:
    """The length of the body in bytes by `Content-Length`; infinite if it is chunked, 0 if there is none."""
    length = request.headers.get("content-length", "")
    chunked = "transfer-encoding" in request.headers
    return int(length) if length.isdigit() else inf if chunked else 0


def write_json(found: list[Any]) -> str:
    """Writes errors as JSON, although their input may hold what JSON can't: NaN, or half a surrogate pair."""
    return json.dumps(json.loads(json.dumps(jsonable_encoder(found)), parse_constant=str))


async def answer_wrong_method(request: Request, _: Exception) -> JSONResponse:
    return problem_response(request.scope, 405, "Method Not Allowed", {"Allow": allowed_methods(request)})


async def answer_unknown_path(request: Request, error: Exception) -> JSONResponse:
    return problem_response(request.scope, 404, str(getattr(error, "detail", "Not Found")))
