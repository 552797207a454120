"""The OPTIONS operations of the contract, and the methods of a path."""

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.routing import Match

from functions.api.cors import METHODS


def allow(request: Request) -> JSONResponse:
    """Answers empty JSON, as the contract says. The header `Allow` lists the methods."""
    return JSONResponse({}, headers={"Allow": allowed_methods(request)})


def allowed_methods(request: Request) -> str:
    """The methods of all routes of the path. Starlette lists only those of the first route that matches."""
    return ", ".join(method for method in METHODS if is_served(request, method))


def is_served(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
