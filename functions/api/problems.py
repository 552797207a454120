"""Error answers from outside routers, in the form of the requested API: `detail`, or TinyPNG's `error`."""

from collections.abc import Mapping

from starlette.responses import JSONResponse
from starlette.types import Scope

from functions.api.tinypng.errors import describe_problem
from functions.api.tinypng.paths import is_tinypng


def problem_response(scope: Scope, status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    content = describe_problem(status, detail) if is_tinypng(scope["path"]) else {"detail": detail}
    return JSONResponse(content, status, headers)
