"""The reference page of the API."""

from fastapi import APIRouter, Request, Response

from functions.api.pages.reference import reference_page
from functions.api.pages.routes import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/docs")
def show_reference(request: Request) -> Response:
    return reference_page(request.app.openapi())
