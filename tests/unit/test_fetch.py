"""Fetching files from servers that behave badly: real ones, on this machine."""

import gzip
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgopt.errors import InvalidRequest, TooLarge
from imgopt.files.service import check_size
from imgopt.safe_http import client
from imgopt.safe_http.fetch import fetch
from imgopt.safe_http.redirects import MOST_REDIRECTS
from imgopt.settings import settings
from tests import certificates
from tests.scripted_server import Answering, Peer, serve

LIMIT = 100_000
OK = b"HTTP/1.1 200 OK\r\n"
END = b"\r\n\r\n"


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("IMGOPT_MAX_UPLOAD_BYTES", str(LIMIT))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def trust(monkeypatch):
    def change(*peers: Peer) -> None:
        monkeypatch.setenv("IMGOPT_FETCH_TRUSTED_HOSTS", ",".join(peer.authority for peer in peers))
        settings.cache_clear()

    return change


@pytest.fixture
def ask(trust):
    """The content that is fetched from a server that answers so."""

    def asked(answer: Answering | bytes, path: str = "/a.png") -> tuple[bytes, int, str | None]:
        with serve(answer if callable(answer) else lambda _: [answer]) as peer:
            trust(peer)
            return content(f"http://{peer.authority}{path}")

    return asked


def content(url: str) -> tuple[bytes, int, str | None]:
    with fetch(url, check_size) as fetched:
        return fetched.file.read(), fetched.size, fetched.filename


def whole(body: bytes, *headers: bytes) -> bytes:
    return OK + b"\r\n".join([b"Content-Length: %d" % len(body), *headers]) + END + body


def redirect(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


class Rebinding:
    """A DNS that names a public address first and this machine then. All connections are diverted to the peer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, peer: Peer) -> None:
        self.asked: list[str] = []
        self.connected: list[tuple[str, int]] = []
        connect = socket.socket.connect

        def divert(connection, address):
            self.connected.append(address)
            connect(connection, ("127.0.0.1", peer.port))

        monkeypatch.setattr(socket, "getaddrinfo", self.answer)
        monkeypatch.setattr(socket.socket, "connect", divert)

    def answer(self, host, port, *_, **__):
        self.asked.append(host)
        return [(socket.AF_INET, 1, 6, "", ("93.184.216.34" if len(self.asked) == 1 else "127.0.0.1", port))]


def test_a_file_arrives_whole(ask):
    assert ask(whole(b"picture" * 10_000)) == (b"picture" * 10_000, 70_000, "a.png")


def test_a_file_is_closed_at_the_end(trust):
    with serve(lambda _: [whole(b"picture")]) as peer:
        trust(peer)
        with fetch(f"http://{peer.authority}/", check_size) as fetched:
            pass
    assert fetched.file.closed


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Transfer-Encoding: chunked" + END + b"4\r\npict\r\n3;a=b\r\nure\r\n0\r\n\r\n",
        OK + b"Connection: close" + END + b"picture",
        b"HTTP/1.0 200" + END + b"picture",
        b"HTTP/1.1 100 Continue" + END + whole(b"picture"),
        whole(b"picture", b"Content-Encoding: identity"),
    ],
)
def test_http_may_be_put_in_many_ways(ask, answer):
    assert ask(answer)[0] == b"picture"


def test_a_request_says_who_asks_and_for_what(trust):
    with serve(lambda _: [whole(b"picture")]) as peer:
        trust(peer)
        content(f"http://{peer.authority}/größe a.png?x=ä#top".replace(" ", "%20"))
    request = peer.requests[0].decode().split("\r\n")
    assert request[0] == "GET /gr%C3%B6%C3%9Fe%20a.png?x=%C3%A4 HTTP/1.1"
    assert {f"Host: {peer.authority}", "Accept-Encoding: identity", "User-Agent: imgopt/1.0 (+image fetcher)"} <= {
        *request
    }


def test_proxies_of_the_environment_are_not_used(ask, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ask(whole(b"picture"))[0] == b"picture"


@pytest.mark.parametrize(
    ("disposition", "path", "name"),
    [
        ('attachment; filename="hero shot.png"', "/a", "hero shot.png"),
        ("attachment; filename=hero.png; size=3", "/a", "hero.png"),
        ("attachment; filename=\"x.png\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.png", "/a", "größe.png"),
        ('attachment; filename="größe.png"', "/a", "größe.png"),
        ("attachment; filename*=UTF-8''%ff.png", "/a", "\ufffd.png"),
        ("inline", "/b/gr%C3%B6%C3%9Fe.png?a=/c.png", "größe.png"),
        ("inline; filename=", "/a.png", "a.png"),
        ("", "//b/c.png", "c.png"),
        ("", "/", None),
        ("", "", None),
    ],
)
def test_a_file_is_called_what_the_server_says_or_the_url(ask, disposition, path, name):
    assert ask(whole(b"picture", f"Content-Disposition: {disposition}".encode()), path)[2] == name


@pytest.mark.parametrize("status", [204, 206, 304, 400, 401, 404, 410, 429, 500, 503])
def test_only_200_is_a_success(ask, status):
    with pytest.raises(InvalidRequest, match=rf"The URL could not be fetched: it answered {status}\."):
        ask(f"HTTP/1.1 {status} Any\r\nContent-Length: 0\r\n\r\n".encode())


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_redirects_are_followed(self, ask, status):
        def answer(peer: Peer) -> list[bytes]:
            return [redirect("/b/hero.png", status) if len(peer.requests) == 1 else whole(b"picture")]

        assert ask(answer) == (b"picture", 7, "hero.png")

    def test_redirects_may_lead_to_another_server(self, trust):
        with serve(lambda _: [whole(b"picture")]) as there, serve(lambda _: [redirect(there_url)]) as here:
            there_url = f"//{there.authority}/größe.png"
            trust(here, there)
            assert content(f"http://{here.authority}/") == (b"picture", 7, "größe.png")

    @pytest.mark.parametrize("hops", [MOST_REDIRECTS, MOST_REDIRECTS + 1])
    def test_redirects_are_limited_to_five(self, ask, hops):
        def answer(peer: Peer) -> list[bytes]:
            return [redirect("/again") if len(peer.requests) <= hops else whole(b"picture")]

        if hops == MOST_REDIRECTS:
            assert ask(answer)[0] == b"picture"
        else:
            with pytest.raises(InvalidRequest, match="redirects too often"):
                ask(answer)

    @pytest.mark.parametrize(
        "location",
        [
            *("http://169.254.169.254/latest/meta-data/iam/", "//169.254.169.254/", "http://[fd00:ec2::254]/"),
            *("http://localhost/", "http://2130706433/", "http://127.0.0.1:9/", "file:///etc/passwd", "ftp://a/b"),
            *("gopher://127.0.0.1:6379/_FLUSHALL", "http://user:password@127.0.0.1/", "http://[", "/a b", "/a\x01b"),
            *("//", "http:///", "/" + "a" * 2048),
        ],
    )
    def test_redirects_are_held_to_the_rules_of_urls(self, ask, location):
        with pytest.raises(InvalidRequest, match="The URL"):
            ask(redirect(location))

    def test_redirect_without_a_location_is_reported_by_its_status(self, ask):
        with pytest.raises(InvalidRequest, match="it answered 302"):
            ask(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")


class TestSizes:
    def test_the_limit_itself_is_accepted(self, ask):
        assert ask(whole(bytes(LIMIT)))[1] == LIMIT

    def test_body_announced_over_the_limit_is_not_read(self, ask):
        def answer(peer: Peer) -> Iterator[bytes]:
            yield OK + b"Content-Length: %d" % (LIMIT + 1) + END
            peer.ended.wait(10)

        with pytest.raises(TooLarge, match=r"File too large\. At most .* MB are accepted\."):
            ask(answer)

    @pytest.mark.parametrize("header", [b"Connection: close", b"Content-Length: -1", b"Content-Length: nonsense"])
    def test_an_endless_body_is_cut_off(self, ask, header):
        def answer(_: Peer) -> Iterator[bytes]:
            yield OK + header + END
            while True:
                yield bytes(10_000)

        with pytest.raises(TooLarge):
            ask(answer)

    def test_endless_chunks_are_cut_off(self, ask):
        def answer(_: Peer) -> Iterator[bytes]:
            yield OK + b"Transfer-Encoding: chunked" + END
            while True:
                yield b"2710\r\n" + bytes(10_000) + b"\r\n"

        with pytest.raises(TooLarge):
            ask(answer)

    @pytest.mark.parametrize(
        ("head", "piece"),
        [
            (b"", b"HTTP/1.1 100 Continue" + END),
            (OK + b"Transfer-Encoding: chunked" + END, b"1\r\nx\r\n"),
            (OK + b"Transfer-Encoding: chunked" + END, b"1;" + b"a" * 1000 + b"\r\nx\r\n"),
        ],
        ids=["interim answers", "small chunks", "extensions of chunks"],
    )
    def test_an_answer_with_more_framing_than_content_is_cut_off(self, ask, head, piece):
        sent = []

        def answer(_: Peer) -> Iterator[bytes]:
            yield head
            for tenth in range(1000):
                sent.append(tenth)
                yield piece * (100_000 // len(piece))

        with pytest.raises(InvalidRequest, match="too many headers or too small chunks"):
            ask(answer)
        assert len(sent) < 200

    @pytest.mark.parametrize("size", [b"-1", b"-10000", b"ffffffffffffffffffff"])
    def test_a_chunk_of_an_impossible_size_is_not_taken_for_everything(self, ask, size):
        sent = []

        def answer(_: Peer) -> Iterator[bytes]:
            yield OK + b"Transfer-Encoding: chunked" + END + size + b"\r\n"
            for megabyte in range(100):
                sent.append(megabyte)
                yield bytes(1_000_000)

        with pytest.raises((TooLarge, InvalidRequest)):
            ask(answer)
        assert len(sent) < 50

    @pytest.mark.parametrize(
        "answer",
        [
            OK + b"Content-Length: 8" + END + b"picture",
            OK + b"Transfer-Encoding: chunked" + END + b"8\r\npicture",
            OK + b"Transfer-Encoding: chunked" + END + b"7\r\npicture\r\n",
            OK + b"Transfer-Encoding: chunked" + END + b"x\r\npicture\r\n",
        ],
    )
    def test_a_body_that_ends_early_is_no_file(self, ask, answer):
        with pytest.raises(InvalidRequest, match="its answer ended too early"):
            ask(answer)

    def test_bytes_beyond_the_announced_length_are_ignored(self, ask):
        assert ask(OK + b"Content-Length: 7" + END + b"picture and more")[0] == b"picture"

    @pytest.mark.parametrize("encoding", [b"gzip", b"br", b"identity, gzip"])
    def test_a_compressed_body_is_not_unpacked(self, ask, encoding):
        with pytest.raises(InvalidRequest, match="compressed"):
            ask(whole(gzip.compress(bytes(10_000_000)), b"Content-Encoding: " + encoding))


class TestTime:
    @pytest.fixture(autouse=True)
    def short(self, monkeypatch):
        monkeypatch.setenv("IMGOPT_FETCH_SECONDS", "0.4")

    @pytest.mark.parametrize(
        ("start", "piece"),
        [
            (b"", b""),
            (b"HTTP/1.1 200 O", b"K"),
            (OK, b"X: y\r\n"),
            (OK + b"Content-Length: 5000" + END, b"x"),
            (OK + b"Transfer-Encoding: chunked" + END, b"1\r\nx\r\n"),
        ],
        ids=["silence", "status", "headers", "body", "chunks"],
    )
    def test_slow_answer_ends_with_the_deadline(self, ask, start, piece):
        def answer(peer: Peer) -> Iterator[bytes]:
            yield start
            yield from peer.drip(piece)

        began = time.monotonic()
        with pytest.raises(InvalidRequest, match="it took too long"):
            ask(answer)
        assert 0.3 < time.monotonic() - began < 2

    def test_a_handshake_counts_too(self, trust):
        with serve(lambda _: []) as peer:
            trust(peer)
            with pytest.raises(InvalidRequest, match="it took too long"):
                content(f"https://{peer.authority}/")

    def test_redirects_have_no_time_of_their_own(self, ask):
        def answer(peer: Peer) -> Iterator[bytes]:
            peer.ended.wait(0.15)
            yield redirect("/again")

        with pytest.raises(InvalidRequest, match="it took too long"):
            ask(answer)


class TestConnections:
    def test_a_server_that_hangs_up_at_once_is_a_failed_connection(self, ask):
        with pytest.raises(InvalidRequest, match="the connection failed"):
            ask(b"")

    def test_a_port_where_nothing_listens_is_a_failed_connection(self, trust):
        with serve(lambda _: []) as peer:
            trust(peer)
        with pytest.raises(InvalidRequest, match="the connection failed") as caught:
            content(f"http://{peer.authority}/")
        assert "127.0.0.1" not in str(caught.value)

    @pytest.mark.parametrize(
        "answer",
        [
            b"SSH-2.0-OpenSSH_9.6\r\n",
            b"\x00\x01\x02\r\n\r\n",
            b"HTTP/1.1 abc OK\r\n\r\n",
            b"HTTP/1.1 99 OK\r\n\r\n",
            b"HTTP/2 200 OK\r\n\r\n",
            b"HTTP/1.1 " + b"2" * 100_000,
            OK + b"X: " + b"y" * 100_000 + END,
            OK + b"X: y\r\n" * 1000 + END,
        ],
        ids=["ssh", "bytes", "word", "small", "version", "long status", "long header", "many headers"],
    )
    def test_answer_that_is_not_http_is_refused(self, ask, answer):
        with pytest.raises(InvalidRequest, match="its answer is not valid HTTP"):
            ask(answer)

    def test_the_address_that_was_judged_is_connected_to(self, monkeypatch):
        with serve(lambda _: [whole(b"picture")]) as peer:
            rebinding = Rebinding(monkeypatch, peer)
            assert content("http://rebind.example/")[0] == b"picture"
        assert (rebinding.connected, rebinding.asked) == ([("93.184.216.34", 80)], ["rebind.example"])
        assert b"Host: rebind.example\r\n" in peer.requests[0]

    def test_redirects_are_each_checked_anew(self, monkeypatch):
        with serve(lambda _: [redirect("/again")]) as peer:
            rebinding = Rebinding(monkeypatch, peer)
            with pytest.raises(InvalidRequest, match="was not found on the public internet"):
                content("http://rebind.example/")
        assert len(rebinding.connected) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(certificates.of_this_machine())
    return path


class TestCertificates:
    @pytest.fixture
    def server(self, certificate) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        return context

    @pytest.fixture
    def known(self, certificate, monkeypatch) -> Iterator[None]:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        client.trust.cache_clear()
        yield
        client.trust.cache_clear()

    def test_self_signed_certificate_is_refused(self, server, trust):
        with serve(lambda _: [whole(b"picture")], server) as peer:
            trust(peer)
            with pytest.raises(InvalidRequest, match="its certificate is not valid"):
                content(f"https://{peer.authority}/")
        assert not peer.requests

    def test_certificate_for_another_host_is_refused(self, known, server, monkeypatch):
        with serve(lambda _: [whole(b"picture")], server) as peer:
            monkeypatch.setenv("IMGOPT_FETCH_TRUSTED_HOSTS", f"localhost:{peer.port}")
            settings.cache_clear()
            monkeypatch.setattr(
                socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, 1, 6, "", ("127.0.0.1", peer.port))]
            )
            with pytest.raises(InvalidRequest, match="its certificate is not valid"):
                content(f"https://localhost:{peer.port}/")

    def test_trusted_certificate_is_accepted(self, known, server, trust):
        with serve(lambda _: [whole(b"picture")], server) as peer:
            trust(peer)
            assert content(f"https://{peer.authority}/")[0] == b"picture"

    def test_redirect_from_https_to_plain_http_is_refused(self, known, server, trust):
        with serve(lambda _: [whole(b"picture")]) as plain, serve(lambda _: [redirect(there)], server) as secure:
            there = f"http://{plain.authority}/"
            trust(plain, secure)
            with pytest.raises(InvalidRequest, match="it redirects from https to http"):
                content(f"https://{secure.authority}/")
        assert not plain.requests

    def test_server_without_tls_is_a_failed_connection(self, trust, monkeypatch):
        monkeypatch.setattr("tests.scripted_server.read_request", lambda _: b"")
        with serve(lambda _: [b"HTTP/1.1 400 Bad Request\r\n\r\n"]) as peer:
            trust(peer)
            with pytest.raises(InvalidRequest, match="the connection failed"):
                content(f"https://{peer.authority}/")
