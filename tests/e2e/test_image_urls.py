"""Image URLs over HTTP, on the embedded cloud: paths arrive unchanged, and one of many requests makes the image."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from imgopt.image_urls.signatures import sign
from tests import pictures
from tests.e2e.conftest import URL_KEY, URL_SALT


@pytest.fixture
def get(cloud):
    """Status, headers and body, of a path that no client has tidied up."""

    def ask(path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(cloud.url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        connection.request("GET", f"/img{signed(path)}", headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    return ask


def signed(path: str) -> str:
    return f"/{sign(path, bytes.fromhex(URL_KEY), bytes.fromhex(URL_SALT))}{path}"


def test_escaped_path_is_signed_as_it_was_sent(get, website):
    status, headers, body = get(f"/rs:fill:20:20/plain/http://{website.host}/a%20cat%252C.jpg@webp")
    assert (status, headers["content-type"]) == (200, "image/webp")
    assert pictures.open_image(body).size == (20, 20)


def test_formats_are_told_apart(get, website):
    path = f"/w:24/plain/http://{website.host}/formats.jpg"
    answers = [get(path, Accept=accept) for accept in ("image/avif,*/*", "image/webp,*/*", "*/*")]
    assert [each[1]["content-type"] for each in answers] == ["image/avif", "image/webp", "image/jpeg"]
    known = answers[1][1]["etag"]
    assert get(path, Accept="image/webp,*/*", **{"If-None-Match": known})[0] == 304


def test_many_at_once_have_one_image(get, website):
    path = f"/w:26/plain/http://{website.host}/many.jpg"
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: get(path), range(40)))
    assert {each[0] for each in answers} == {200}
    assert len({each[1]["etag"] for each in answers}) == 1
