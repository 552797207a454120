"""Routes whose errors are HTML pages."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from functions.api.errors import STATUS, headers_of
from functions.api.pages.links import page_of
from functions.api.pages.rendering import page
from imgopt.errors import ImgoptError

PageHandler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    def get_route_handler(self) -> PageHandler:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except ImgoptError as error:
                return refuse_page(request, str(error), STATUS[type(error)], error)
            except HTTPException as error:
                return refuse_page(request, str(error.detail), error.status_code, error)
            except RequestValidationError as error:
                return refuse_page(request, "The form is incomplete or invalid. Go back and try again.", 422, error)

        return answer


def refuse_page(request: Request, text: str, status: int, error: Exception) -> Response:
    """An error page. It links to the page that the route has noted: that of a code, or of the account."""
    address = page_of(getattr(request.state, "wanted", ""))
    answer = page("error.html", text=text, address=address, status=status)
    answer.headers.update(headers_of(error))
    return answer
