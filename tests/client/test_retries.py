"""Which requests are retried, how often, and which are not."""

import httpx2
import pytest

from imgopt_client.errors import FileRefused, NotPermitted, RetryLater, Unreachable
from tests.client.server import SERVER, answer

BUSY = {"detail": "Too busy."}


@pytest.fixture
def ask(connection):
    return lambda **content: connection.request("POST", "/auto", **content)


def script(server, *answers):
    server.scripted["POST /auto"].extend(answers)


def test_unavailable_server_is_asked_again_with_growing_delays(server, ask, slept):
    script(server, answer(BUSY, 503), answer(BUSY, 503), answer({"jobs": []}))
    assert ask() == {"jobs": []}
    assert 0.5 <= slept[0] < slept[1] < 1.3


def test_retries_end_with_the_servers_reason(server, ask, slept):
    script(server, *[answer(BUSY, 503)] * 9)
    with pytest.raises(Unreachable, match=r"Too busy\."):
        ask()
    assert (server.count("POST /auto"), len(slept)) == (4, 3)


def test_rate_limit_is_waited_for_and_reported(server, ask, slept, said):
    script(server, answer(BUSY, 429, **{"Retry-After": "7"}), answer({"jobs": []}))
    ask()
    assert 7 <= slept[0] < 8
    assert said == ["the server is busy; waiting 7 s"]


@pytest.mark.parametrize("waits", [["301"], ["200", "200"], ["0"] * 400])
def test_rate_limit_is_waited_for_five_minutes_at_most(server, ask, slept, waits):
    script(server, *[answer(BUSY, 429, **{"Retry-After": wait}) for wait in waits])
    with pytest.raises(RetryLater, match="300 s at most"):
        ask()
    assert sum(slept) < 460


def test_retry_after_may_be_a_date(server, ask, slept):
    script(server, answer(BUSY, 429, **{"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), answer({}))
    ask()
    assert 1 <= slept[0] < 2


@pytest.mark.parametrize(
    "body",
    [
        {"detail": "No.", "credits_needed": 3, "credits_remaining": 1, "credits_reset_at": "midnight"},
        {"detail": {"credits_needed": 3, "credits_remaining": 1, "credits_reset_at": "midnight"}},
    ],
)
def test_out_of_credits_is_not_waited_for(server, ask, slept, body):
    script(server, answer(body, 429, **{"Retry-After": "1"}))
    with pytest.raises(NotPermitted, match=r"Not enough credits: 3 needed, 1 left\. They are renewed at midnight\."):
        ask()
    assert slept == []


@pytest.mark.parametrize("error", [httpx2.ConnectError("refused"), httpx2.ReadError("reset"), httpx2.ReadTimeout("")])
def test_broken_connection_is_tried_again(server, ask, error):
    script(server, error, answer({"jobs": []}))
    assert ask() == {"jobs": []}


def test_unreachable_server_is_named(server, ask):
    script(server, *[httpx2.ConnectError("Connection refused")] * 9)
    with pytest.raises(Unreachable, match=rf"{SERVER} can't be reached: Connection refused\."):
        ask()


def test_answer_that_can_not_be_read_is_an_error(server, ask):
    script(server, httpx2.DecodingError("no gzip"))
    with pytest.raises(FileRefused, match=r"The server's answer can't be read: no gzip\."):
        ask()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (answer({"detail": "Upscaling is not available."}, 501), "Upscaling is not available."),
        (answer({"detail": "Not Found"}, 404), "The server answered 404 Not Found to POST /auto."),
        (
            answer({"detail": [{"loc": ["body", "settings", "output_width"], "msg": "Value error, too small"}]}, 422),
            "output_width: ",
        ),
        (httpx2.Response(500, text="<html>"), "The server answered 500 Internal Server Error to POST /auto."),
        (httpx2.Response(200, text="<html>"), "Check that --server is the URL of an imgopt server."),
        (httpx2.Response(200, json=[]), "Check that --server is the URL of an imgopt server."),
        (httpx2.Response(301, headers={"Location": "https://new.test/auto"}), "redirects to https://new.test/auto"),
    ],
)
def test_error_responses_are_shown_as_they_are(server, ask, slept, given, words):
    script(server, given)
    with pytest.raises(FileRefused) as refusal:
        ask()
    assert words in str(refusal.value)
    assert slept == []
