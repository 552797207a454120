"""Requests to the facilitator: one deadline for all, no redirects, and a limited answer."""

import pytest

from imgopt.errors import ImgoptError, Unfetchable
from imgopt.payments.facilitator_http import MOST_ANSWER_BYTES, DeadlineClient
from imgopt.safe_http.deadline import Deadline
from tests.scripted_server import serve

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def post(authority: str, seconds: float = 5):
    return DeadlineClient(Deadline(seconds)).post(f"http://{authority}/settle", headers={"X": "1"}, json={"a": 1})


def test_an_answer_is_read_as_it_is(environment):
    with serve(lambda peer: [HEAD + b"Content-Length: 9\r\n\r\n", b'{"b": 2} ']) as peer:
        answer = post(peer.authority)
    assert (answer.status_code, answer.json()) == (200, {"b": 2})
    assert peer.requests[0].startswith(b"POST /settle HTTP/1.1")
    assert peer.requests[0].endswith(b'\r\n\r\n{"a": 1}')


def test_redirects_lead_nowhere(environment):
    moved = b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with serve(lambda peer: [moved]) as peer:
        assert post(peer.authority).status_code == 307
    assert len(peer.requests) == 1


def test_an_answer_that_drips_ends_with_the_deadline(environment):
    with serve(lambda peer: peer.drip(b"H")) as peer, pytest.raises(Unfetchable, match="too long"):
        post(peer.authority, seconds=0.3)


def test_an_answer_that_does_not_end_is_not_read(environment):
    head = HEAD + b"\r\n"
    with (
        serve(lambda peer: [head, b" " * (MOST_ANSWER_BYTES + 1)]) as peer,
        pytest.raises(Unfetchable, match="too large"),
    ):
        post(peer.authority)


def test_refused_connection_is_an_error_of_ours(environment):
    with pytest.raises(ImgoptError):
        post("127.0.0.1:9")


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_environments_proxies_are_not_asked(environment, monkeypatch, variable):
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    with serve(lambda peer: [HEAD + b"Content-Length: 2\r\n\r\n{}"]) as peer:
        assert post(peer.authority).status_code == 200
