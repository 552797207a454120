"""Checks of the headers `Host` and `Origin` of browsers. Other programs send no origin.

Pages of other websites may not send requests. There are two exceptions, both navigations, whose answers the page can't
read: to the sign-in form, and to files with signed URLs.
"""

from collections.abc import Collection
from dataclasses import dataclass

from local.emulator.refusals import Headers, Refused
from local.emulator.requests import Request

HOSTS = ("127.0.0.1", "localhost")
ANY = "*"
OWN_PAGES = ("none", "same-origin")  # not "same-site": any program can listen on another port
PREFLIGHT_MAX_AGE = 7200
# The CORS headers that scripts need for downloads and uploads with signed URLs and forms, as in the buckets' rules.
CORS_METHODS, CORS_EXPOSED = "GET, HEAD, POST", "Content-Disposition, Content-Length, Content-Range, ETag"


def origins_at(port: int) -> tuple[str, ...]:
    return tuple(f"http://{host}:{port}" for host in HOSTS)


@dataclass(frozen=True)
class KnownOrigins:
    """`port` is the emulator's. Scripts of `websites` may use signed URLs and forms; `*` means all websites."""

    port: int
    websites: Collection[str]

    def check_host(self, request: Request) -> None:
        """Raises Refused if the host name is not this machine's (against DNS rebinding)."""
        if request.header("host") not in [f"{host}:{self.port}" for host in HOSTS]:
            raise Refused("AccessDenied", "This is not served by that name.")

    def check_page(self, request: Request, *, is_shared: bool = False, is_navigable: bool = False) -> None:
        """Raises Refused if the request comes from a page of another website.

        `is_shared` requests are allowed for scripts of `websites`, `is_navigable` ones for navigations from anywhere.
        """
        origin = request.header("origin")
        if origin is not None:
            is_own = origin in origins_at(self.port) or (is_shared and self._is_website(origin))
        else:
            is_own = (request.header("sec-fetch-site") or "none") in OWN_PAGES
        if not is_own and not (is_navigable and origin is None and is_navigation(request)):
            raise Refused("AccessDenied", "Pages of other websites may not ask for this.")

    def preflight_headers(self, request: Request) -> Headers:
        """Raises Refused."""
        self.check_page(request, is_shared=True)
        added = {
            "Access-Control-Allow-Methods": CORS_METHODS,
            "Access-Control-Allow-Headers": ANY,
            "Access-Control-Max-Age": str(PREFLIGHT_MAX_AGE),
        }
        return [*self.headers(request), *((name.encode(), value.encode()) for name, value in added.items())]

    def headers(self, request: Request) -> Headers:
        """The CORS headers by which scripts of an allowed website may read the answer."""
        named = request.headers.get("origin", [])
        if len(named) != 1 or not self._is_website(named[0]):
            return []
        allowed = ANY if ANY in self.websites else named[0]
        added = {
            "Access-Control-Allow-Origin": allowed,
            "Access-Control-Expose-Headers": CORS_EXPOSED,
            "Vary": "Origin",
        }
        return [(name.encode(), value.encode()) for name, value in added.items()]

    def _is_website(self, origin: str) -> bool:
        return bool({ANY, origin} & set(self.websites))


def is_preflight(request: Request) -> bool:
    return request.method == "OPTIONS" and "access-control-request-method" in request.headers


def is_navigation(request: Request) -> bool:
    return (request.method, request.header("sec-fetch-mode"), request.header("sec-fetch-dest")) == (
        *("GET", "navigate"),
        "document",
    )
