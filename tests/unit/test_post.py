"""Requests to a URL, and their outcomes."""

import socket
import time
from collections.abc import Iterator

import pytest

from imgopt.errors import InvalidRequest
from imgopt.safe_http.post import post
from imgopt.settings import settings
from tests.scripted_server import Peer, serve


@pytest.fixture
def trust(monkeypatch):
    def change(peer: Peer) -> str:
        monkeypatch.setenv("IMGOPT_FETCH_TRUSTED_HOSTS", peer.authority)
        settings.cache_clear()
        return f"http://{peer.authority}/hook?a=b"

    yield change
    settings.cache_clear()


def test_body_and_headers_arrive(trust):
    body = bytes(range(256)) * 4000
    with serve(lambda _: [b"HTTP/1.1 200 OK\r\n\r\n"]) as peer:
        assert post(trust(peer), body, {"Content-Type": "application/json", "X-Signature": "abc"}, 5) == 200
    headers, _, received = peer.requests[0].partition(b"\r\n\r\n")
    assert received == body
    assert headers.startswith(b"POST /hook?a=b HTTP/1.1\r\n")
    assert {b"Content-Type: application/json", b"X-Signature: abc"} <= {*headers.split(b"\r\n")}


@pytest.mark.parametrize("status", [204, 301, 307, 404, 500])
def test_every_status_is_an_answer(trust, status):
    answer = f"HTTP/1.1 {status} Any\r\nLocation: http://169.254.169.254/\r\n\r\n".encode()
    with serve(lambda _: [answer]) as peer:
        assert post(trust(peer), b"{}", {}, 5) == status
    assert len(peer.requests) == 1


def test_an_endless_answer_is_not_read(trust):
    def answer(peer: Peer) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        yield from peer.drip(bytes(1000))

    began = time.monotonic()
    with serve(answer) as peer:
        assert post(trust(peer), b"{}", {}, 5) == 200
    assert time.monotonic() - began < 2


def test_time_is_limited(trust):
    with serve(lambda peer: peer.drip(b"H")) as peer, pytest.raises(InvalidRequest, match="it took too long"):
        post(trust(peer), b"{}", {}, 0.3)


def test_a_server_that_hardly_reads_ends_with_the_deadline(trust, monkeypatch):
    def sip(connection: socket.socket) -> bytes:
        while not peer.ended.wait(0.02):
            connection.recv(400_000)
        return b""

    monkeypatch.setattr("tests.scripted_server.read_request", sip)
    began = time.monotonic()
    with serve(lambda _: []) as peer, pytest.raises(InvalidRequest, match="it took too long"):
        post(trust(peer), bytes(50_000_000), {}, 0.3)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "http://127.0.0.1/", "file:///etc/passwd"])
def test_private_destinations_are_refused(url):
    with pytest.raises(InvalidRequest):
        post(url, b"{}", {}, 1)
