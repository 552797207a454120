"""The one table from domain errors to HTTP. Every answer is JSON with `detail`."""

import json

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from functions.api.cors import headers_for
from functions.api.logs import describe
from functions.api.preflight import allowed_methods
from imgopt import errors
from imgopt.telemetry import logger

STATUS: dict[type[Exception], int] = {
    errors.Unauthorized: 401,
    errors.NotFound: 404,
    errors.NotReady: 400,
    errors.Expired: 410,
    errors.TooLarge: 413,
    errors.Unsupported: 415,
    errors.InvalidImage: 422,
    errors.InvalidRequest: 422,
    errors.NotAvailable: 501,
    errors.Unavailable: 503,
}


def add_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(errors.ImgoptError, answer_domain_error)
    app.add_exception_handler(RequestValidationError, answer_invalid_request)
    app.add_exception_handler(405, answer_wrong_method)
    app.add_exception_handler(Exception, answer_unexpected_error)


def answer_domain_error(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, STATUS[type(error)])


def answer_invalid_request(_: Request, error: Exception) -> Response:
    """FastAPI's shape, which echoes the input. That can be more than JSON holds: NaN, or half a surrogate pair."""
    found = jsonable_encoder(error.errors()) if isinstance(error, RequestValidationError) else []
    detail = json.loads(json.dumps(found), parse_constant=str)
    return Response(json.dumps({"detail": detail}), 422, media_type="application/json")


def answer_wrong_method(request: Request, _: Exception) -> JSONResponse:
    return JSONResponse({"detail": "Method Not Allowed"}, 405, {"Allow": allowed_methods(request)})


def answer_unexpected_error(request: Request, error: Exception) -> JSONResponse:
    logger.error("unexpected error", exc_info=error, extra=describe(request.scope))
    return JSONResponse({"detail": "Internal server error."}, 500, headers_for(request))
