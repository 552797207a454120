"""The account page: credits, API keys and devices of the signed-in user."""

import re
from datetime import timedelta
from html import unescape

import pytest

from imgopt import clock
from imgopt.settings import settings
from tests.handlers.pages.browser import SIGN_IN, title
from tests.issuer import EMAIL

ACCOUNT = "/mcp/account"
KEY = re.compile(r"tfy_live_[\w-]{30,}")


@pytest.fixture
def account(browser):
    browser.open(browser.issuer.authorize(browser.open(f"{SIGN_IN}?wanted=account").headers["location"]))
    return browser.open(ACCOUNT)


@pytest.fixture
def key(browser, account) -> str:
    """A key that was created on the page."""
    made = browser.submit(account, ACCOUNT, action="create-key", value="My <shop>")
    assert title(made) == "Your new API key"
    return KEY.search(made.text)[0]


@pytest.fixture
def token(client, browser, asked, grant) -> str:
    """The token of a device that the user has approved."""
    browser.submit(asked, decision="approve")
    return client.get("/mcp/auth/token", params={"device_code": grant["device_code"]}).json()["mcp_token"]


def press(browser, name: str):
    """The button of that name, with what is hidden in its form."""
    page = browser.open(ACCOUNT)
    (form,) = [each for each in re.findall(r"<form.*?</form>", page.text, re.DOTALL) if f">{name}</button>" in each]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    action = re.search(r'name="action" value="([\w-]+)"', form)[1]
    return browser.client.post(ACCOUNT, data={**hidden, "action": action}, headers={"Origin": "http://testserver"})


def is_good(client, bearer: str) -> bool:
    return client.get("/usage/summary", headers={"Authorization": f"Bearer {bearer}"}).status_code == 200


def test_sign_in_from_the_account_page_leads_back_to_it(browser):
    answer = browser.open(ACCOUNT)
    assert title(answer) == "Sign in"
    assert 'href="sign-in?wanted=account"' in answer.text
    end = browser.open(browser.issuer.authorize(browser.open(f"{SIGN_IN}?wanted=account").headers["location"]))
    assert end.headers["location"] == "account"


def test_account_page_shows_the_email_and_the_credits_left(account):
    assert title(account) == "Your account"
    said = unescape(account.text)
    assert EMAIL in said
    assert "50 of 50 left" in said
    assert "You have no keys." in said


def test_a_key_is_shown_once_and_works(client, browser, key):
    assert is_good(client, key)
    again = browser.open(ACCOUNT).text
    assert key not in again
    assert "My &lt;shop&gt;" in again
    assert f"{key[:13]}…" in again


@pytest.mark.parametrize(("days", "said"), [("", False), ("30", True)])
def test_a_key_says_until_when_it_is_good_and_when_it_was_used(  # noqa: PLR0913, PLR0917 - a row of a table
    browser, account, client, clock_at, days, said
):
    made = browser.submit(account, ACCOUNT, action="create-key", value="My shop", days=days)
    assert "never used" in browser.open(ACCOUNT).text
    assert is_good(client, KEY.search(made.text)[0])
    page = browser.open(ACCOUNT).text
    assert (", valid until " in page) == said
    assert ", last used " in page
    clock_at(days=31)
    browser.sign_in()
    assert (", expired " in browser.open(ACCOUNT).text) == said


@pytest.mark.parametrize("days", ["0", "-1", "7", "x"])
def test_a_key_is_good_for_what_the_page_offers(browser, account, days):
    answer = browser.submit(account, ACCOUNT, action="create-key", value="My shop", days=days)
    assert (answer.status_code, title(answer)) == (422, "That did not work")


def test_a_revoked_key_is_worth_nothing(client, browser, key):
    assert press(browser, "Revoke").status_code == 303
    assert not is_good(client, key)
    assert "You have no keys." in browser.open(ACCOUNT).text


def test_a_device_is_listed_and_can_be_logged_out(client, browser, token):
    assert is_good(client, token)
    page = browser.open(ACCOUNT).text
    assert "imgopt/1 &lt;b&gt;" in page
    assert token not in page
    assert press(browser, "Log out").status_code == 303
    assert not is_good(client, token)
    assert "imgopt/1" not in browser.open(ACCOUNT).text


def test_a_device_that_logged_out_by_itself_is_no_longer_listed(client, browser, token):
    client.post("/mcp/auth/revoke", headers={"Authorization": f"Bearer {token}"})
    assert "imgopt/1" not in browser.open(ACCOUNT).text


def test_a_token_that_has_expired_is_no_longer_listed(browser, token, clock_at):
    clock_at(days=366)
    browser.sign_in()
    assert "imgopt/1" not in browser.open(ACCOUNT).text


def sign_in_as(browser, user_agent: str):
    address = browser.open(f"{SIGN_IN}?wanted=account").headers["location"]
    return browser.open(browser.issuer.authorize(address), **{"User-Agent": user_agent})


def test_browsers_are_listed_and_can_be_signed_out_one_by_one(browser, other_browser, account):
    sign_in_as(other_browser, "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0")
    page = browser.open(ACCOUNT).text
    assert "Firefox on Windows<" in page
    assert "A browser (this one)<" in page
    (other,) = [
        form
        for form in re.findall(r"<form.*?</form>", page, re.DOTALL)
        if 'aria-label="Sign out Firefox on Windows"' in form
    ]
    value = re.search(r'name="value" value="(\w+)"', other)[1]
    assert browser.submit(account, ACCOUNT, action="end-session", value=value).status_code == 303
    assert [title(each.open(ACCOUNT)) for each in (browser, other_browser)] == ["Your account", "Sign in"]


def test_sign_out_everywhere_ends_the_sessions_of_all_browsers(browser, other_browser, account):
    other_browser.sign_in()
    assert press(browser, "Sign out everywhere").status_code == 303
    assert [title(each.open(ACCOUNT)) for each in (browser, other_browser)] == ["Sign in", "Sign in"]


def test_a_new_sign_in_ends_the_session_that_it_replaces(browser, other_browser, account):
    other_browser.client.cookies = dict(browser.client.cookies)
    browser.sign_in()
    assert [title(each.open(ACCOUNT)) for each in (browser, other_browser)] == ["Your account", "Sign in"]


def test_the_secret_of_callbacks_is_changed_and_shown_once(browser, account):
    answer = press(browser, "Change the secret")
    assert title(answer) == "Your new callback secret"
    (secret,) = re.findall(r"\b[0-9a-f]{64}</p>", answer.text)
    assert secret not in browser.open(ACCOUNT).text


def test_an_account_is_deleted_after_a_question(client, browser, other_browser, account, key):
    other_browser.sign_in()
    question = browser.open("/mcp/delete-account")
    assert title(question) == "Delete your account?"
    refused = browser.submit(question, ACCOUNT, action="delete-account")
    assert (refused.status_code, title(refused)) == (422, "That did not work")
    answer = browser.submit(question, ACCOUNT, action="delete-account", value="yes")
    assert (answer.status_code, title(answer)) == (200, "Your account is being deleted")
    assert not is_good(client, key)
    assert [title(each.open(ACCOUNT)) for each in (browser, other_browser)] == ["Sign in", "Sign in"]
    assert browser.sign_in().status_code == 403


def test_deletion_of_the_account_is_offered_to_signed_in_users_alone(browser):
    assert browser.open("/mcp/delete-account").headers["location"] == "account"


@pytest.mark.parametrize("action", ["revoke-key", "log-out", "end-session"])
def test_keys_devices_and_sessions_of_others_are_not_found(browser, other_browser, key, token, action):
    """This also holds for a user who has seen the ids on the owner's page."""
    page = browser.open(ACCOUNT).text
    ids = re.findall(r'name="value" value="(\w+)"', page)
    assert len(ids) == 3
    browser.issuer.person |= {"sub": "somebody else", "email": "eve@example.com"}
    other_browser.sign_in()
    for each in ids:
        answer = other_browser.submit(other_browser.open(ACCOUNT), ACCOUNT, action=action, value=each)
        assert answer.status_code == 404
    assert (is_good(browser.client, key), is_good(browser.client, token)) == (True, True)


@pytest.mark.parametrize(
    ("auth_time", "minutes", "status"),
    [
        (None, 9, 200),
        (None, 11, 403),
        (timedelta(minutes=-5), 0, 200),
        (timedelta(minutes=-11), 0, 403),
        (timedelta(minutes=5), 0, 200),
        ("yesterday", 0, 200),
    ],
)
def test_a_key_is_made_soon_after_signing_in_alone(  # noqa: PLR0913, PLR0917 - a row of a table
    browser, issuer, clock_at, auth_time, minutes, status
):
    """The issuer may know somebody for longer than this session lasts."""
    moved = isinstance(auth_time, timedelta)
    issuer.other = {"auth_time": int((clock.now() + auth_time).timestamp()) if moved else auth_time}
    browser.sign_in()
    page = browser.open(ACCOUNT)
    clock_at(minutes=minutes)
    answer = browser.submit(page, ACCOUNT, action="create-key", value="My shop")
    assert (answer.status_code, title(answer)) == (status, "Your new API key" if status == 200 else "Sign in again")


def test_an_account_is_deleted_soon_after_signing_in_alone(browser, account, clock_at):
    question = browser.open("/mcp/delete-account")
    clock_at(minutes=11)
    answer = browser.submit(question, ACCOUNT, action="delete-account", value="yes")
    assert (answer.status_code, title(answer)) == (403, "Sign in again")
    assert title(browser.open(ACCOUNT)) == "Your account"


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101, "\u202egpj"])
def test_a_name_that_can_not_be_shown_is_refused(browser, account, name):
    answer = browser.submit(account, ACCOUNT, action="create-key", value=name)
    assert (answer.status_code, title(answer)) == (422, "That did not work")
    assert 'href="account"' in answer.text
    assert "You have no keys." in browser.open(ACCOUNT).text


def test_keys_beyond_the_limit_are_refused_on_a_page(browser, account, monkeypatch, key):
    monkeypatch.setenv("IMGOPT_API_KEYS_PER_USER", "1")
    settings.cache_clear()
    answer = browser.submit(account, ACCOUNT, action="create-key", value="one more")
    assert (answer.status_code, title(answer)) == (409, "That did not work")


@pytest.mark.parametrize("other", [{"origin": "https://evil.example"}, {"form_token": "0" * 64}])
def test_a_form_of_someone_else_does_nothing(browser, account, other):
    assert browser.submit(account, ACCOUNT, action="create-key", value="evil", **other).status_code == 403
    assert "You have no keys." in browser.open(ACCOUNT).text


def test_an_unknown_action_is_refused(browser, account):
    assert browser.submit(account, ACCOUNT, action="delete-all").status_code == 400


def test_log_of_the_account_page_has_nothing_private(browser, key, log_lines):
    browser.open(ACCOUNT)
    private = (key, EMAIL, "My <shop>")
    assert not [each for each in private if each in str(log_lines())]
