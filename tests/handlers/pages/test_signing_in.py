"""Signing in and out on the service's pages, with any issuer."""

import re
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from imgopt.accounts import jwks, sign_out
from imgopt.settings import settings
from imgopt.storage import clients, secrets, table
from imgopt.ttl_cache import TtlCache
from tests.handlers.pages.browser import CALLBACK, ORIGIN, PAGE, SIGN_IN, SIGN_OUT, title
from tests.issuer import CLIENT


def test_signing_in_leads_to_the_issuer_by_the_code_flow_with_pkce(browser, issuer, code):
    address = urlsplit(browser.begin(code))
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{issuer.url}/authorize"
    assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", CLIENT, "openid email")
    assert (asked["redirect_uri"], asked["code_challenge_method"]) == (f"{ORIGIN}{CALLBACK}", "S256")
    assert len({asked[name] for name in ("state", "nonce", "code_challenge")}) == 3


def test_no_two_sign_ins_have_a_state_in_common(browser):
    states = [parse_qs(urlsplit(browser.begin()).query)["state"] for _ in range(2)]
    assert states[0] != states[1]


def test_sign_in_that_was_denied_may_begin_again_with_the_same_code(browser, code):
    """People close the issuer's page, or deny the issuer their address."""
    state = parse_qs(urlsplit(browser.begin(code)).query)["state"][0]
    answer = browser.client.get(CALLBACK, params={"error": "access_denied", "state": state})
    assert (answer.status_code, title(answer)) == (400, "That did not work")
    assert f'href="authorize?code={code}"' in answer.text


def test_a_session_lasts_half_an_hour(browser, asked, code, clock_at, state_of):
    clock_at(minutes=31)
    assert title(browser.open(f"{PAGE}?code={code}")) == "Sign in"
    answer = browser.submit(asked, decision="approve")
    assert answer.status_code == 403
    assert f'href="authorize?code={code}"' in answer.text


def test_signing_out_ends_the_session_also_for_whoever_copied_the_cookie(browser, other_browser, asked, code):
    other_browser.client.cookies = dict(browser.client.cookies)
    assert browser.submit(asked, SIGN_OUT).headers["location"] == "authorize"
    for each in (browser, other_browser):
        assert title(each.open(f"{PAGE}?code={code}")) == "Sign in"


def test_pages_without_an_issuer_are_not_set_up(client):
    answer = client.get(PAGE)
    assert (answer.status_code, title(answer)) == (501, "That did not work")
    assert client.get(SIGN_IN).status_code == 501


def test_an_issuer_that_does_not_answer_is_said_so_on_a_page(browser, issuer):
    issuer.is_down = True
    answer = browser.open(SIGN_IN)
    assert (answer.status_code, title(answer)) == (503, "That did not work")


def test_sign_in_of_another_browser_can_not_be_ended(browser, other_browser):
    """An attacker has someone else follow the end of the attacker's own sign-in."""
    end = browser.issuer.authorize(browser.begin())
    answer = other_browser.open(end)
    assert (answer.status_code, title(answer)) == (400, "That did not work")
    assert "set-cookie" not in answer.headers
    other_browser.begin()
    assert other_browser.open(end).status_code == 400


@pytest.mark.parametrize(
    "changed", ["state=", "state=guessed", "state=%C3%A9", "code=", "code=guessed", "error=access_denied&code="]
)
def test_an_end_that_was_changed_is_refused(browser, changed):
    end = browser.issuer.authorize(browser.begin())
    assert (
        browser.open(re.sub(rf"{changed.split('=', maxsplit=1)[0]}=[^&]*", "", end) + f"&{changed}").status_code == 400
    )
    assert title(browser.open(PAGE)) == "Sign in"


def test_a_sign_in_ends_once(browser):
    end = browser.issuer.authorize(browser.begin())
    assert [browser.open(end).status_code for _ in range(2)] == [303, 400]


def test_a_stolen_code_is_no_use_without_the_browser_that_asked(browser, other_browser):
    """Code injection: the thief's own state, and the victim's code."""
    stolen = parse_qs(urlsplit(browser.issuer.authorize(browser.begin())).query)["code"][0]
    own_state = parse_qs(urlsplit(other_browser.begin()).query)["state"][0]
    answer = other_browser.client.get(CALLBACK, params={"code": stolen, "state": own_state})
    assert answer.status_code == 400
    assert title(other_browser.open(PAGE)) == "Sign in"


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"nonce": "another"}, 400),
        ({"nonce": None}, 400),
        ({"aud": "someone else"}, 401),
        ({"iss": "https://another.example"}, 401),
        ({"exp": 1}, 401),
    ],
)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(browser, issuer, monkeypatch, other, status):
    sign = issuer.token
    monkeypatch.setattr(issuer, "token", lambda **claims: sign(**{**claims, **other}))
    assert browser.sign_in().status_code == status
    assert title(browser.open(PAGE)) == "Sign in"


@pytest.mark.parametrize("code", ["//evil.example", "https://evil.example", "TINI-7X4K-M2P9//evil.example", "\r\nX: y"])
def test_a_sign_in_leads_back_to_the_page_and_nowhere_else(browser, code):
    address = browser.client.get(SIGN_IN, params={"code": code}).headers["location"]
    answer = browser.open(browser.issuer.authorize(address))
    assert (answer.status_code, answer.headers["location"]) == (303, "authorize")


def test_no_parameter_says_where_to_go(browser):
    address = browser.open(f"{SIGN_IN}?redirect_uri=https://evil.example&next=https://evil.example").headers["location"]
    assert "evil" not in address


def test_sign_in_can_not_be_begun_by_another_website(browser, code):
    """Another website would end a sign-in that has begun."""
    answer = browser.open(f"{SIGN_IN}?wanted={code}", **{"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"authorize?code={code}")
    assert "set-cookie" not in answer.headers


def test_a_client_with_a_secret_shows_it_to_the_issuer(browser, issuer, monkeypatch):
    issuer.secret = "a%secret"
    assert browser.sign_in().status_code == 400
    issuer.secret, shown = "a-secret", "a-secret"
    monkeypatch.setenv("IMGOPT_OIDC_CLIENT_SECRET", shown)
    settings.cache_clear()
    assert browser.sign_in().status_code == 303


def test_a_secret_that_was_replaced_is_shown_anew(browser, issuer, monkeypatch, clock_at):
    arn = clients.secretsmanager().create_secret(Name="client", SecretString="old")["ARN"]
    monkeypatch.setenv("IMGOPT_OIDC_CLIENT_SECRET_ARN", arn)
    settings.cache_clear()
    assert [secrets.read(arn), browser.sign_in().status_code] == ["old", 303]
    clients.secretsmanager().put_secret_value(SecretId=arn, SecretString="new")
    issuer.secret = "new"
    clock_at(minutes=2)
    assert browser.sign_in().status_code == 303


def test_sessions_are_stored_as_their_hashes(browser, asked):
    session = browser.client.cookies["imgopt-session"]
    stored = list(table.scan("PAGE_SESSION"))
    assert len(stored) == 1
    assert session not in str(stored)


def test_signing_out_leads_to_where_the_issuers_session_ends(browser, issuer, asked):
    issuer.described = {"end_session_endpoint": f"{issuer.url}/logout"}
    jwks.configuration_of.cache_clear()
    answer = browser.submit(asked, SIGN_OUT)
    assert (answer.status_code, title(answer)) == (200, "Signing out")
    seconds, _, address = answer.headers["refresh"].partition("; url=")
    assert (seconds, address) == ("0", unescape(re.search(r'class="button" href="([^"]*)"', answer.text)[1]))
    led = urlsplit(address)
    assert f"{led.scheme}://{led.netloc}{led.path}" == f"{issuer.url}/logout"
    assert parse_qs(led.query) == {"client_id": [CLIENT], "post_logout_redirect_uri": [f"{ORIGIN}{PAGE}"]}
    assert title(browser.open(PAGE)) == "Sign in"


@pytest.mark.parametrize("named", [{"end_session_endpoint": "https://pool.example/logout"}, {}])
def test_cognito_is_told_by_its_own_name_where_to_go_on(environment, monkeypatch, named):
    """This includes a pool that does not publish its endpoint."""
    monkeypatch.setenv("IMGOPT_OIDC_ISSUER", "https://cognito-idp.eu-central-1.amazonaws.com/pool")
    monkeypatch.setenv("IMGOPT_OIDC_AUDIENCE", CLIENT)
    settings.cache_clear()
    found = {"authorization_endpoint": "https://pool.example/oauth2/authorize", **named}
    monkeypatch.setattr(jwks, "configuration_of", lambda _: TtlCache("it", lambda: (found, None), "No answer."))
    query = urlencode({"client_id": CLIENT, "logout_uri": "https://img.example/mcp/authorize"})
    assert sign_out.logout_url("https://img.example/mcp/authorize") == f"https://pool.example/logout?{query}"


def test_an_issuer_that_does_not_answer_keeps_nobody_signed_in_here(browser, issuer, asked):
    issuer.is_down = True
    jwks.configuration_of.cache_clear()
    assert browser.submit(asked, SIGN_OUT).headers["location"] == "authorize"
    assert title(browser.open(PAGE)) == "Sign in"


def test_signing_in_anew_asks_the_issuer_to_ask_again(browser):
    address = browser.open(f"{SIGN_IN}?wanted=account&anew=true").headers["location"]
    asked = parse_qs(urlsplit(address).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["600"])
    assert "prompt" not in parse_qs(urlsplit(browser.begin()).query)
