"""The root of the service: a web page for browsers, JSON for programs."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse

from functions.api.locations import public_url
from functions.api.pages.app_page import app_page
from functions.api.pages.routes import PageRoute
from functions.api.pages.visitors import find_visitor
from functions.api.reasons import JSON
from functions.api.routers.config import public_config
from imgopt.errors import AccountBlocked
from imgopt.settings import settings
from imgopt.version import SERVICE_VERSION

router = APIRouter()
page_router = APIRouter(route_class=PageRoute, include_in_schema=False)
HTML = "text/html"


@router.get("/")
async def root(request: Request) -> Any:
    """Root endpoint.

    Answers a web page if `Accept` names `text/html`, as browsers do, and JSON otherwise.
    """
    if prefers_html(request.headers.get("accept", "")):
        return (
            await run_in_threadpool(show_app, request) if has_slash(request) else RedirectResponse(with_slash(request))
        )
    documents = {"docs": "/docs", "openapi": "/openapi.json"} if settings().docs else {}
    return JSONResponse({"name": "Tinify.ai API", "version": SERVICE_VERSION, **documents}, headers={"Vary": "Accept"})


def has_slash(request: Request) -> bool:
    """Whether the URL ends with a slash, which the page's relative links need. API Gateway also accepts it without."""
    return "aws.event" not in request.scope or request.scope["aws.event"]["requestContext"]["path"].endswith("/")


def with_slash(request: Request) -> str:
    return f"{public_url(request)}/"


@page_router.get("/app")
def show_app(request: Request) -> Response:
    try:
        return app_page(request, find_visitor(request), public_config())
    except AccountBlocked as error:
        return app_page(request, None, public_config(), str(error))


def prefers_html(accept: str) -> bool:
    """Whether the header names HTML, and does not prefer JSON (RFC 9110, 12.5.1)."""
    weights = dict(map(read_range, accept.split(",")))
    return weights.get(HTML, 0) > weights.get(JSON, 0)


def read_range(text: str) -> tuple[str, float]:
    """A media type of the header, and its weight, 0 to 1."""
    media_type, *parameters = (part.strip().lower() for part in text.split(";"))
    weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    try:
        return media_type, float(weight)
    except ValueError:
        return media_type, 0
