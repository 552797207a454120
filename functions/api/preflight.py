"""The OPTIONS operations of the contract, and which methods a path has."""

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.routing import Match

from functions.api.cors import METHODS


def allow(request: Request) -> JSONResponse:
    """The contract has JSON here; what it tells is in the header."""
    return JSONResponse({}, headers={"Allow": allowed_methods(request)})


def allowed_methods(request: Request) -> str:
    """Those of all routes of the path: Starlette knows only those of the first one that fits."""
    return ", ".join(method for method in METHODS if is_served(request, method))


def is_served(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
