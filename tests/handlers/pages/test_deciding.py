"""The page on which a user approves or denies a device."""

import pytest

from imgopt.settings import settings
from tests.direct_client import DirectClient
from tests.handlers.pages.browser import PAGE, Browser, title
from tests.issuer import EMAIL


def test_sign_in_page_shows_nothing_of_the_device(browser, code):
    answer = browser.open(f"{PAGE}?code={code}")
    assert (answer.status_code, title(answer)) == (200, "Sign in")
    assert f'href="sign-in?wanted={code}"' in answer.text
    assert "imgopt/1" not in answer.text


def test_page_shows_the_device_and_its_rights_after_the_sign_in(browser, code):
    answer = browser.sign_in(code)
    assert (answer.status_code, answer.headers["location"]) == (303, f"authorize?code={code}")
    page = browser.open(f"{PAGE}?code={code}")
    assert title(page) == "Approve this device?"
    for shown in (
        code,
        EMAIL,
        "just now",
        "<dt>Program</dt>\n<dd>imgopt/1 &lt;b&gt;",
        "90 days<",
        "delete your images",
    ):
        assert shown in page.text
    assert "<b>" not in page.text


@pytest.mark.parametrize(("seconds", "said"), [(60, "1 day<"), (3 * 86400, "3 days<"), (365 * 86400, "365 days<")])
def test_the_page_says_for_how_long_the_device_would_be_let_in(  # noqa: PLR0913, PLR0917 - a row of a table
    browser, asked, code, monkeypatch, seconds, said
):
    monkeypatch.setenv("IMGOPT_DEVICE_TOKEN_LIFETIME", str(seconds))
    settings.cache_clear()
    assert f">{said}" in browser.open(f"{PAGE}?code={code}").text


def test_a_code_is_approved(browser, asked, code, state_of):
    answer = browser.submit(asked, decision="approve")
    assert (answer.status_code, answer.headers["location"]) == (303, f"authorize?code={code}")
    assert title(browser.open(f"/mcp/{answer.headers['location']}")) == "Device approved"
    assert state_of() == "approved"
    assert title(browser.open(f"{PAGE}?code={code}")) == "Device approved"


def test_a_code_is_denied(browser, asked, code, state_of):
    browser.submit(asked, decision="deny")
    assert title(browser.open(f"{PAGE}?code={code}")) == "Device denied"
    assert state_of() == "denied"


def test_page_without_a_code_has_a_form_for_it(browser):
    browser.sign_in()
    page = browser.open(PAGE)
    assert title(page) == "Enter a code"
    assert '<label for="code">' in page.text


@pytest.mark.parametrize("typed", ["TINI-7X4K-M2P9", "nonsense", '"><script>alert(1)</script>'])
def test_an_unknown_code_is_said_to_be_unknown(browser, typed):
    browser.sign_in()
    answer = browser.client.get(PAGE, params={"code": typed})
    assert (answer.status_code, title(answer)) == (404, "Enter a code")
    assert 'role="alert">There is no such code. Check that it is typed as shown.' in answer.text
    assert "<script" not in answer.text


def test_an_expired_code_is_said_to_have_expired(browser, asked, code, clock_at):
    clock_at(minutes=11)
    answer = browser.open(f"{PAGE}?code={code}")
    assert (answer.status_code, title(answer)) == (410, "Enter a code")
    assert browser.submit(asked, decision="approve").status_code == 410


def test_a_code_that_someone_else_decided_tells_nothing(browser, other_browser, issuer, asked, code):
    browser.submit(asked, decision="approve")
    issuer.person = {"sub": "someone else"}
    other_browser.sign_in(code)
    answer = other_browser.open(f"{PAGE}?code={code}")
    assert (answer.status_code, title(answer)) == (409, "The code has been used already")


def test_guessing_of_codes_on_the_page_is_stopped(browser, asked, code, clock_at):
    clock_at()
    for _ in range(20):
        assert browser.open(f"{PAGE}?code=TINI-2222-2222").status_code == 404
    answer = browser.open(f"{PAGE}?code={code}")
    assert (answer.status_code, title(answer)) == (429, "That did not work")
    assert int(answer.headers["retry-after"]) > 0
    assert browser.submit(asked, decision="approve").status_code == 429


@pytest.mark.parametrize(
    ("asked_from", "looked_at_from", "said"),
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.7"),
        ("192.0.2.7", "192.0.2.8", "192.0.2.7; yours is 192.0.2.8"),
        ("2001:db8::1", "2001:db8::2", "2001:db8::1"),
        ("2001:db8::1", "192.0.2.8", "2001:db8::1; yours is 192.0.2.8"),
        ("192.0.2.7", "unknown", "192.0.2.7"),
        ("unknown", "192.0.2.8", "not known"),
    ],
)
def test_the_page_says_where_it_was_asked_from_if_that_is_elsewhere(client, issuer, asked_from, looked_at_from, said):
    asking, looking = (
        DirectClient(client.app, client=(address, 1), follow_redirects=False)
        for address in (asked_from, looked_at_from)
    )
    code = asking.post("/mcp/auth/device-code").json()["user_code"]
    browser = Browser(looking, issuer)
    browser.sign_in(code)
    assert f"<dd>{said}</dd>" in browser.open(f"{PAGE}?code={code}").text


def test_approving_is_limited_and_the_refusal_is_a_page(browser, asked, monkeypatch):
    monkeypatch.setenv("IMGOPT_RATE_APPROVE", "1")
    settings.cache_clear()
    answers = [browser.submit(asked, decision="approve") for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 429]
    assert int(answers[1].headers["retry-after"]) > 0
    assert title(answers[1]) == "That did not work"


@pytest.mark.parametrize("decision", ["", "maybe", "approve deny"])
def test_a_form_must_say_what_was_decided(browser, asked, state_of, decision):
    assert browser.submit(asked, decision=decision).status_code == 400
    assert state_of() == "pending"


def test_looking_at_a_page_decides_nothing(browser, asked, code, state_of):
    browser.open(f"{PAGE}?code={code}&decision=approve")
    assert state_of() == "pending"


def test_log_of_the_decision_has_nothing_private(browser, asked, code, log_lines):
    browser.submit(asked, decision="approve")
    browser.open(f"{PAGE}?code={code}")
    assert log_lines()[-1]["owner"].startswith("user-")
    private = (code, EMAIL, browser.client.cookies["imgopt-session"])
    assert not [each for each in private if each in str(log_lines())]
