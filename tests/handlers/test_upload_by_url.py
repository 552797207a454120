"""The answer if a URL leads to no image: one sentence, which clients show unchanged."""

import pytest

from imgopt.settings import settings
from tests import pictures
from tests.scripted_server import serve

NOTHING = {"uploads": [], "results": [], "items": []}


def answering(status: str, body: bytes) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.fixture
def fetch(client, monkeypatch):
    """The answer to an upload from a server that answers so."""

    def send(answer: bytes):
        with serve(lambda _: [answer]) as peer:
            monkeypatch.setenv("IMGOPT_FETCH_TRUSTED_HOSTS", peer.authority)
            settings.cache_clear()
            return client.post("/upload/url", json={"url": f"http://{peer.authority}/a.png"})

    return send


def test_a_picture_is_taken(fetch):
    answer = fetch(answering("200 OK", pictures.png())).json()
    assert (answer["original_filename"], answer["mime_type"]) == ("a.png", "image/png")


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        (answering("404 Not Found", b"no"), 400, "it answered 404"),
        (answering("500 Oh", b"no"), 400, "it answered 500"),
        (b"not HTTP at all\r\n\r\n", 400, "not valid HTTP"),
        (answering("200 OK", b""), 400, "The file is empty."),
        (answering("200 OK", pictures.png()[:-20]), 400, "truncated"),
        (answering("200 OK", b"<html>a page</html>"), 415, "Unsupported"),
    ],
)
def test_a_fetch_that_fails_is_told_in_a_sentence(fetch, stored, given, status, words):
    answer = fetch(given)
    assert answer.status_code == status
    assert isinstance(answer.json()["detail"], str)
    assert words in answer.json()["detail"]
    assert stored() == NOTHING


@pytest.mark.parametrize(
    "url",
    [
        "",
        "photo.jpg",
        "ftp://a.example/a.png",
        "http://a.example:99/a.png",
        "http://127.0.0.1/a.png",
        "http://[::1]/a.png",
        "http://user:secret@a.example/a.png",
        "http:///a.png",
        "https://a.example/a b.png",
        "https://" + "a" * 5000,
    ],
)
def test_a_url_that_can_not_be_fetched_is_told_in_a_sentence(client, stored, url):
    answer = client.post("/upload/url", json={"url": url})
    assert (answer.status_code, type(answer.json()["detail"])) == (400, str)
    assert stored() == NOTHING


@pytest.mark.parametrize("body", [{}, {"url": None}, {"url": 5}, []])
def test_a_request_that_is_none_is_refused_in_fastapis_shape(client, body):
    answer = client.post("/upload/url", json=body)
    assert (answer.status_code, type(answer.json()["detail"])) == (422, list)
