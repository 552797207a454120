"""Results of TinyPNG's API that are stored in a bucket of the client."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

import pytest

from imgopt.jobs import storing
from imgopt.settings import settings
from tests import pictures
from tests.handlers import test_tinypng as api
from tests.scripted_server import Peer, serve

user, key, shrink, output, working, credits_left = (
    api.user,
    api.key,
    api.shrink,
    api.output,
    api.working,
    api.credits_left,
)
TAKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
DENIED = b"<Error><Code>AccessDenied</Code><Message>No</Message></Error>"
GOOGLE = {"service": "gcs", "gcp_access_token": "ya29.token", "path": "my_bucket/images/a b.png"}


@contextmanager
def bucket(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> Iterator[Peer]:
    """Serves the hosts of both storage services."""
    with serve(lambda _: [answer]) as peer:
        monkeypatch.setenv("IMGOPT_FETCH_TRUSTED_HOSTS", peer.authority)
        settings.cache_clear()
        monkeypatch.setattr(storing, "S3_URL", f"http://{peer.authority}/{{}}/{{}}")
        monkeypatch.setattr(storing, "GOOGLE_URL", f"http://{peer.authority}/{{}}")
        yield peer


def headers_of(request: bytes) -> dict[str, str]:
    head = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}


@pytest.mark.usefixtures("working")
def test_a_result_is_stored_in_s3_with_the_clients_own_key(output, monkeypatch, log_lines):
    with bucket(monkeypatch, TAKEN) as peer:
        store = {**api.S3, "region": "eu-central-1", "headers": {"Cache-Control": "max-age=60"}}
        answer = output(resize={"width": 24}, store=store)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["location"] == f"http://{peer.authority}/eu-central-1/bucket/a.jpg"
    assert (answer.headers["image-width"], answer.headers["image-height"]) == ("24", "16")
    (request,) = peer.requests
    told = headers_of(request)
    assert request.startswith(b"PUT /eu-central-1/bucket/a.jpg HTTP/1.1\r\n")
    assert (told["content-type"], told["cache-control"], told["x-amz-acl"]) == (
        "image/jpeg",
        "max-age=60",
        "public-read",
    )
    scope = "Credential=AKIAEXAMPLE/"
    assert scope in told["authorization"]
    assert "/eu-central-1/s3/aws4_request" in told["authorization"]
    signed = told["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    assert {"host", "content-type", "x-amz-acl", "x-amz-content-sha256", "x-amz-date"} <= set(signed)
    assert told["x-amz-content-sha256"] == sha256(request.partition(b"\r\n\r\n")[2]).hexdigest()
    assert api.SECRET not in json.dumps([request.decode("latin-1"), *log_lines()])


@pytest.mark.usefixtures("working")
def test_a_result_as_it_is_goes_to_google_and_costs_nothing_more(output, monkeypatch, credits_left):
    with bucket(monkeypatch, TAKEN) as peer:
        answer = output(pictures.png(), store=GOOGLE)
    assert (answer.status_code, answer.headers["location"]) == (
        200,
        f"http://{peer.authority}/my_bucket/images/a%20b.png",
    )
    told = headers_of(peer.requests[0])
    assert (told["authorization"], told["content-type"]) == ("Bearer ya29.token", "image/png")
    assert credits_left() == settings().credits_free - api.COMPRESS


@pytest.mark.usefixtures("working")
def test_a_bucket_that_has_no_access_lists_is_told_of_none(output, monkeypatch):
    with bucket(monkeypatch, TAKEN) as peer:
        output(store={**api.S3, "acl": "no-acl", "aws_session_token": "session"})
    told = headers_of(peer.requests[0])
    assert ("x-amz-acl" in told, told["x-amz-security-token"]) == (False, "session")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            b"HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n%s" % (len(DENIED), DENIED),
            "refused the file: 403 AccessDenied.",
        ),
        (b"HTTP/1.1 301 Moved\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n", "refused the file: 301."),
        (b"nonsense\r\n\r\n", "did not answer. Try again later."),
    ],
)
@pytest.mark.usefixtures("working")
def test_a_bucket_that_does_not_take_it_is_explained(output, monkeypatch, answer, message):
    with bucket(monkeypatch, answer):
        told = output(store=api.S3)
    assert (told.status_code, told.json()) == (400, {"error": "BadRequest", "message": f"Amazon S3 {message}"})
