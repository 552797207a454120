"""Refused requests of image URLs: signatures, paths, sources in private networks, bombs."""

import asyncio
import zlib
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from struct import pack
from urllib.parse import unquote

import httpx
import pytest

from functions.api.app import build_app
from imgopt.safe_http import destinations
from tests import pictures
from tests.variants.conftest import picture, signed


def detail(answer) -> str:
    return answer.json()["detail"]


def ask_raw(app, path: str) -> tuple[int, dict[bytes, bytes]]:
    """Requests a path exactly as a server receives it. Clients would normalize it."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"testserver")],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    return sent[0]["status"], dict(sent[0]["headers"])


class TestSignatures:
    @pytest.mark.parametrize(
        "change",
        [
            lambda path: "/x" + path[2:],
            lambda path: path[:10] + path[12:],
            lambda path: "/" + path.split("/", 2)[1][:20] + "/" + path.split("/", 2)[2],
            lambda path: path.replace("/", "=/", 2).replace("=/", "/", 1),
            lambda path: path.replace("w:20", "w:21"),
            lambda path: "/insecure/" + path.split("/", 2)[2],
            lambda path: "/_/" + path.split("/", 2)[2],
            lambda path: path + "x",
            lambda path: path.replace("w:20", "w:20/q:1"),
        ],
    )
    def test_path_that_was_not_signed_is_refused(self, client, set_up, website, work, change):
        answer = client.get("/img" + change(signed("w:20", website.address())))
        assert answer.status_code == 403
        assert not website.requests

    def test_signature_is_good_as_often_as_one_likes(self, get):
        assert [get("w:20").status_code for _ in range(3)] == [200] * 3

    def test_signature_of_a_url_that_has_ended_is_not(self, get, website):
        assert get("w:20/exp:1000000000").status_code == 404
        assert not website.requests

    def test_signature_is_of_the_escaped_path(self, client, set_up, website, work):
        website.files["/a%20b.jpg"] = picture(pictures.jpeg())
        from imgopt.image_urls.signatures import sign
        from tests.variants.conftest import KEY, SALT

        path = f"/w:20/plain/{website.address('/a%2520b.jpg')}"
        proof = sign(path, bytes.fromhex(KEY), bytes.fromhex(SALT))
        assert client.get(f"/img/{proof}{path}").status_code == 200
        assert client.get(f"/img/{proof}{path.replace('%2520', '%20')}").status_code == 403


class TestPaths:
    @pytest.mark.parametrize(
        "path",
        [
            "/img/../health",
            "/img/%2e%2e/health",
            "/img//",
            "/img/",
            "/img/x",
            "/img/x/y",
            "/img/%00/w:20/aGVsbG8",
            "/img/a/w:20/%00",
            "/img/a/w:20/plain/%2e%2e/%2e%2e/etc/passwd",
            "/img/a/w:20/plain/file:///etc/passwd",
            "/img/a/w:20/plain/local:///etc/passwd",
            "/img/info/",
            "/img/info/x",
            "/img/a/w:20/%ff%fe",
            "/img/a/" + "w:20/" * 3000 + "aGVsbG8",
        ],
    )
    def test_path_leads_nowhere_else(self, app, set_up, path):
        status, headers = ask_raw(app, path)
        assert status in (403, 404)
        assert headers[b"cache-control"] == b"no-store"

    @pytest.mark.parametrize(
        "source", ["file:///etc/passwd", "ftp://example.com/a", "data:image/png;base64,AA", "//x/a"]
    )
    def test_other_schemes_are_refused_even_signed(self, get, source):
        assert get("w:20", source=source).status_code == 404


class TestNetwork:
    """Sources within the network, by whatever way they are named."""

    @pytest.mark.parametrize(
        "host",
        [
            *("127.0.0.1", "localhost", "[::1]", "0.0.0.1", "169.254.169.254", "10.0.0.1", "192.168.1.1", "172.16.0.1"),
            *("[::ffff:127.0.0.1]", "[fd00::1]", "[fe80::1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"),
        ],
    )
    def test_address_within_is_unreachable(self, get, host):
        answer = get("w:20", source=f"http://{host}/a.png")
        assert answer.status_code == 404
        assert detail(answer) in (
            "Source is unreachable. The URL could not be fetched: its host was not found on the public internet.",
            "Invalid source URL: it must begin with one of http, https, job, s3 and have a host.",
        )

    @pytest.mark.parametrize(
        "target", ["http://127.0.0.1:1/a.png", "http://169.254.169.254/latest", "file:///etc/passwd", "http://[::1]/"]
    )
    def test_redirect_within_is_unreachable(self, get, website, target):
        head = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
        website.files["/cat.jpg"] = head.encode()
        assert get("w:20").status_code == 404

    def test_name_that_leads_within_is_unreachable(self, get, monkeypatch):
        monkeypatch.setattr(destinations, "resolve_host", lambda *_: ["93.184.216.34", "10.0.0.7"])
        assert get("w:20", source="https://rebinding.example/a.png").status_code == 404

    def test_redirect_to_a_source_that_is_not_allowed_is_refused(self, get, website, set_up):
        set_up(url_allowed_sources=f"http://{website.peer.authority}/public/")
        found = f"HTTP/1.1 302 Found\r\nLocation: {website.address('/private.jpg')}\r\nContent-Length: 0\r\n\r\n"
        website.files.update({"/public/a.jpg": found.encode(), "/private.jpg": picture(pictures.jpeg())})
        answer = get("w:20", source=website.address("/public/a.jpg"))
        assert (answer.status_code, "Invalid source URL" in detail(answer)) == (404, True)


class TestBombs:
    def test_image_of_more_pixels_than_it_says_it_may_is_not_decoded(self, get, website, work):
        def chunk(kind: bytes, body: bytes) -> bytes:
            return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))

        head = chunk(b"IHDR", pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
        bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
        website.files["/cat.jpg"] = picture(bomb)
        assert get("w:20").status_code == 422
        assert get("w:20", info=True).status_code == 422
        assert get("raw:1").status_code == 422
        assert not work.asked

    def test_source_without_end_is_cut_off(self, get, website, set_up):
        set_up(max_upload_bytes=100_000, url_fetch_seconds=5)
        pieces = (bytes(65536) for _ in range(1000))
        website.files["/cat.jpg"] = lambda _: chain([b"HTTP/1.1 200 OK\r\n\r\n"], pieces)
        assert get("w:20").status_code == 422
        assert len(list(pieces)) > 900


def test_hundred_requests_at_once_make_one_image(set_up, website, work):
    """The requests reach one process; test_single_flight.py tests many processes."""
    path = "/img" + signed("w:20", website.address())

    async def ask_all() -> list[int]:
        transport = httpx.ASGITransport(build_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
            return [each.status_code for each in await asyncio.gather(*(browser.get(path) for _ in range(100)))]

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, ask_all()).result() == [200] * 100
    assert len(work.asked) == len(website.requests) == 1
