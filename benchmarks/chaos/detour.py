"""A proxy between the service's processes and the emulator, which injects faults of AWS.

Requests are passed on byte for byte, so that their signatures stay valid. The proxy reads the service from the
signature. Requests without a signature header, such as clients' uploads and downloads, always pass.
"""

import json
import random
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from unittest.mock import patch

from local import cloud

SIGNED_FOR = re.compile(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/aws4_request")
SECONDS = 60
HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length")
# Status and error code, by the kind of service. None means that the connection is closed without an answer.
ANSWERS: tuple[tuple[int, str] | None, ...] = (
    (500, "InternalFailure"),
    (500, "InternalServerError"),
    (503, "ServiceUnavailable"),
    (400, "ThrottlingException"),
    (400, "RequestTimeout"),
    (429, "TooManyRequestsException"),
    None,
)


@dataclass
class Weather:
    """The shares of requests to services that fail. Requests counted in `lost` are executed, but their answer is lost.

    `down` are services that do not answer at all.
    """

    rates: Mapping[str, float] = field(default_factory=dict)
    lost: float = 0.0
    down: frozenset[str] = frozenset()
    seen: Counter[str] = field(default_factory=Counter)

    def spoils(self, service: str) -> bool:
        return service in self.down or random.random() < self.rates.get(service, 0)


class Detour(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Passage)
        self.weather = Weather()
        self.emulator = socket.create_server(("127.0.0.1", 0), backlog=256)

    @contextmanager
    def during(self, weather: Weather) -> Iterator[None]:
        self.weather = weather
        yield
        self.weather = Weather()


@dataclass(frozen=True)
class Gate:
    """Replaces the emulator's socket: processes inherit it, and clients connect to the proxy."""

    detour: Detour

    def fileno(self) -> int:
        return self.detour.emulator.fileno()

    def getsockname(self) -> tuple[str, int]:
        return ("127.0.0.1", self.detour.server_port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.detour.emulator.close()


class Passage(BaseHTTPRequestHandler):
    server: Detour
    protocol_version = "HTTP/1.1"

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        found = SIGNED_FOR.search(self.headers.get("Authorization", ""))
        weather, service = self.server.weather, found[1] if found else ""
        if not weather.spoils(service):
            self.answer(*self.forward(body))
            return
        if service not in weather.down and random.random() < weather.lost:
            weather.seen[f"{service} lost"] += 1
            self.forward(body)
        else:
            weather.seen[f"{service} refused"] += 1
        self.spoil(None if service in weather.down else random.choice(ANSWERS))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = pass_on  # noqa: N815 - the server calls them so

    def forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        host, port = self.server.emulator.getsockname()
        connection = HTTPConnection(host, port, timeout=SECONDS)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body or None)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        except (OSError, HTTPException):
            return 503, [], b""
        finally:
            connection.close()

    def answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        announced = next((value for name, value in headers if name.lower() == "content-length"), "0")
        length = announced if self.command == "HEAD" else str(len(body))
        self.send_header("Content-Length", length)
        with suppress(ConnectionError):  # the client has given up
            self.end_headers()
            self.wfile.write(body)

    def spoil(self, fault: tuple[int, str] | None) -> None:
        if fault is None:
            self.close_connection = True
            return
        status, code = fault
        is_json = "X-Amz-Target" in self.headers
        kind = "application/x-amz-json-1.0" if is_json else "application/xml"
        body = json.dumps({"__type": code, "message": code}) if is_json else f"<Error><Code>{code}</Code></Error>"
        sent = b"" if self.command == "HEAD" else body.encode()
        self.answer(status, [("Content-Type", kind)], sent)

    def log_message(self, *_: object) -> None:
        """Prints nothing."""


@contextmanager
def detour() -> Iterator[Detour]:
    """A context in which all processes that are started use the proxy."""
    with Detour() as made, patch.object(cloud, "listen", lambda: Gate(made)):
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()
