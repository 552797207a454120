"""Cookies of the service's pages: for this host only, HttpOnly, and SameSite."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from functions.api.locations import public_url


@dataclass(frozen=True)
class Cookie:
    name: str
    seconds: int

    def read(self, request: Request) -> str | None:
        return request.cookies.get(self._name(request)) or None

    def write(self, request: Request, response: Response, value: str) -> None:
        self._send(request, response, value, self.seconds)

    def clear(self, request: Request, response: Response) -> None:
        self._send(request, response, "", 0)

    def _send(self, request: Request, response: Response, value: str, seconds: int) -> None:
        name, secure = self._name(request), is_secure(request)
        response.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")

    def _name(self, request: Request) -> str:
        """The name, with the prefix that other hosts and plain HTTP can't set (RFC 6265bis, 4.1.3.2)."""
        return f"__Host-{self.name}" if is_secure(request) else self.name


def is_secure(request: Request) -> bool:
    """Whether the cookie needs HTTPS. A local installation has no TLS."""
    return public_url(request).startswith("https://")
