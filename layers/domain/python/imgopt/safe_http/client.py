"""Sends one HTTP/1.1 request to the IP address that was checked.

urllib3 is not used: it would look the host up again, reads slow headers without a limit on time, and logs URLs.
"""

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache

from imgopt.safe_http.deadline import Deadline
from imgopt.safe_http.destinations import Destination
from imgopt.safe_http.errors import TOO_LONG, unfetchable
from imgopt.safe_http.socket_io import DeadlineSocket, TooMuchFraming

FETCHER_AGENT = "imgopt/1.0 (+image fetcher)"
# The first class that fits decides.
REASONS: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "its certificate is not valid"),
    (TimeoutError, TOO_LONG),
    (OSError, "the connection failed"),
    (http.client.IncompleteRead, "its answer ended too early"),
    (TooMuchFraming, "its answer has too many headers or too small chunks"),
    (http.client.HTTPException, "its answer is not valid HTTP"),
)


class Response:
    """Status, headers, and a body that hasn't been read yet."""

    def __init__(self, response: http.client.HTTPResponse, wire: DeadlineSocket) -> None:
        self._response, self._wire, self._read = response, wire, 0
        self.status = response.status
        self.announced = response.length  # in bytes; None where the server doesn't say

    def header(self, name: str) -> str:
        return self._response.headers.get(name) or ""

    def read(self, most: int) -> bytes:
        """Returns at most `most` bytes; none at the end. Raises Unfetchable as `request` does."""
        buffer = bytearray(most)
        self._wire.expect(self._read + most)
        with readable_failures():  # read() would treat a chunk of length -1 as everything that follows
            size = self._response.readinto(buffer)
        self._read += size
        return bytes(memoryview(buffer)[:size])


@contextmanager
def request(
    method: str, destination: Destination, deadline: Deadline, headers: Mapping[str, str], body: bytes | None = None
) -> Iterator[Response]:
    """Yields the answer, of any status. Redirects are not followed. The connection is closed at the end of the context.

    Raises Unfetchable where there is no connection, no valid certificate, no HTTP, or no time left.
    """
    with ExitStack() as open_until_read:
        with readable_failures():
            connection = open_until_read.enter_context(_connected(destination, deadline))
            wire = DeadlineSocket(connection, deadline)
            response = _ask(wire, method, destination, headers, body)
        yield Response(response, wire)


@contextmanager
def readable_failures() -> Iterator[None]:
    try:
        yield
    except tuple(kind for kind, _ in REASONS) as error:
        raise unfetchable(next(reason for kind, reason in REASONS if isinstance(error, kind))) from error


@contextmanager
def _connected(destination: Destination, deadline: Deadline) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in destination.address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as plain:
        plain.settimeout(deadline.remaining())
        plain.connect((destination.address, destination.port))
        if destination.scheme == "http":
            yield plain
            return
        plain.settimeout(deadline.remaining())
        with trust().wrap_socket(plain, server_hostname=destination.host) as secured:
            yield secured


@cache
def trust() -> ssl.SSLContext:
    """Returns the system's certificate authorities, read once."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _ask(
    wire: DeadlineSocket, method: str, destination: Destination, headers: Mapping[str, str], body: bytes | None
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(destination.host, destination.port)
    connection.sock = wire
    ours = {
        "Host": destination.authority,
        "User-Agent": FETCHER_AGENT,
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    connection.request(method, destination.target, body, {**headers, **ours})
    return connection.getresponse()
