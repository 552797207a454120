"""Servers on this machine that answer as a test requests, also wrongly."""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import ThreadingTCPServer
from threading import Event, Thread

Pieces = Iterable[bytes]
LIMIT = 10.0


@dataclass
class Peer:
    """A server's port, what it was asked, and when to stop dripping."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.port}"

    def drip(self, piece: bytes) -> Iterator[bytes]:
        """Sends it repeatedly, with pauses that are shorter than a timeout of single reads."""
        while not self.ended.wait(0.05):
            yield piece


Answering = Callable[[Peer], Pieces]


class Server(ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def serve(answer: Answering, context: ssl.SSLContext | None = None) -> Iterator[Peer]:
    """Every connection is read up to the end of the request, and gets all pieces of the answer."""
    with Server(("127.0.0.1", 0), lambda connection, *_: respond(connection, peer, answer, context)) as server:
        peer = Peer(server.server_address[1])
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield peer
        finally:
            peer.ended.set()
            server.shutdown()


def respond(plain: socket.socket, peer: Peer, answer: Answering, context: ssl.SSLContext | None) -> None:
    plain.settimeout(LIMIT)
    with suppress(OSError), plain, context.wrap_socket(plain, server_side=True) if context else plain as connection:
        peer.requests.append(read_request(connection))
        for piece in answer(peer):
            connection.sendall(piece)


def read_request(connection: socket.socket) -> bytes:
    """Headers and the body that they announce."""
    request = b""
    while b"\r\n\r\n" not in request:
        piece = connection.recv(65536)
        if not piece:
            return request
        request += piece
    headers, _, body = request.partition(b"\r\n\r\n")
    announced = headers.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]
    while len(body) < int(announced or 0):
        body += connection.recv(65536)
    return headers + b"\r\n\r\n" + body
