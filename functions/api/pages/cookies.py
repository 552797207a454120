"""Cookies of our pages: for this host alone, out of reach of scripts, and not sent with what other sites submit."""

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
        """No other host and no plain HTTP can set one of this beginning (RFC 6265bis, 4.1.3.2)."""
        return f"__Host-{self.name}" if is_secure(request) else self.name


def is_secure(request: Request) -> bool:
    """On a developer's machine there is no TLS."""
    return public_url(request).startswith("https://")
