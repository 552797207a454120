"""Somebody's server, which the cloud is allowed to reach."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local.cloud import ROOT
from tests import pictures


class Website(ThreadingHTTPServer):
    """Has pictures, and takes callbacks."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.received: list[tuple[dict[str, str], bytes]] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Visit(BaseHTTPRequestHandler):
    server: Website

    def do_GET(self) -> None:
        """Answers one of the repository's samples, or a small picture for any other name."""
        folder, _, name = self.path.rpartition("/")
        data = (ROOT / "samples" / name).read_bytes() if folder == "/samples" else pictures.jpeg()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((dict(self.headers), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Prints nothing."""
