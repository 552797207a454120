"""Follows redirects. Each URL is checked like the first one."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

from imgopt.errors import Unfetchable
from imgopt.safe_http.client import Response, request
from imgopt.safe_http.deadline import Deadline
from imgopt.safe_http.destinations import Destination, resolve
from imgopt.safe_http.errors import unfetchable

MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class FinalResponse:
    """An answer of any status that isn't a redirect; its body hasn't been read yet."""

    response: Response
    destination: Destination


def any_url(_: str) -> None:
    pass


@contextmanager
def follow_redirects(
    url: str, deadline: Deadline, headers: Mapping[str, str], check: Callable[[str], None] = any_url
) -> Iterator[FinalResponse]:
    """Yields the answer at the end of the redirects. The connection is closed at the end of the context.

    Raises Unfetchable, and the errors of `check` for a URL that it redirects to.
    """
    schemes = {"http", "https"}
    for _ in range(1 + MOST_REDIRECTS):
        destination = resolve(url, deadline.remaining())
        if destination.scheme not in schemes:
            raise unfetchable("it redirects from https to http")
        schemes = {"https"} if destination.scheme == "https" else schemes
        with request("GET", destination, deadline, headers) as response:
            if response.status not in REDIRECTS:
                yield FinalResponse(response, destination)
                return
            url = _next(url, response)
        check(url)
    raise unfetchable("it redirects too often")


def unexpected_status(response: Response) -> Unfetchable:
    return unfetchable(f"it answered {response.status}")


def _next(url: str, response: Response) -> str:
    """Returns the next URL. Servers send UTF-8 in it, against the standards."""
    location = response.header("Location").encode("latin-1").decode(errors="replace")
    if not location:
        raise unexpected_status(response)
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise unfetchable("it redirects to an invalid URL") from error
