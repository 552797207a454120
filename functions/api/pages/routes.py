"""Routes whose refusals are pages, too."""

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
                return refuse_page(request, "The form can't be read.", 422, error)

        return answer


def refuse_page(request: Request, text: str, status: int, error: Exception) -> Response:
    """Where a route has noted what it is about, a code or the account, that is not lost."""
    address = page_of(getattr(request.state, "wanted", ""))
    answer = page("error.html", text=text, address=address, status=status)
    answer.headers.update(headers_of(error))
    return answer
