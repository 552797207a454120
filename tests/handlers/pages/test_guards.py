"""Protections of pages and forms against other websites."""

import re

import pytest

from functions.api.app import build_app
from imgopt.settings import settings
from tests.direct_client import DirectClient
from tests.handlers.pages.browser import CALLBACK, ORIGIN, PAGE, SIGN_IN, SIGN_OUT, Browser, title


def test_a_page_allows_no_scripts_no_frames_and_nothing_from_elsewhere(browser, asked):
    policy = asked.headers["content-security-policy"]
    nonce = re.search(r"'nonce-([\w-]{20,})'", policy)[1]
    assert policy == (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert f'<style nonce="{nonce}">' in asked.text
    assert asked.headers["x-frame-options"] == "DENY"
    assert asked.headers["cache-control"] == "no-store"
    assert asked.headers["referrer-policy"] == "same-origin"
    assert nonce not in browser.open(PAGE).headers["content-security-policy"]


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}?code=x", CALLBACK, f"{CALLBACK}?code=a&state=b"])
def test_every_page_is_guarded_alike(browser, path):
    assert "default-src 'none'" in browser.open(path).headers["content-security-policy"]


@pytest.mark.parametrize("origin", ["https://evil.example", "http://testserver.evil.example", "null", None, ""])
def test_a_form_of_another_website_is_refused(browser, asked, state_of, origin):
    assert browser.submit(asked, origin=origin, decision="approve").status_code == 403
    assert browser.submit(asked, SIGN_OUT, origin=origin).status_code == 403
    assert state_of() == "pending"


@pytest.mark.parametrize(
    ("public_url", "origin"),
    [
        ("https://IMG.example/api", "https://img.example"),
        ("https://img.example:443", "https://img.example"),
        ("https://img.example:8443/", "https://img.example:8443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_the_origin_is_that_of_the_settings_as_browsers_write_it(  # noqa: PLR0913, PLR0917 - a row of a table
    client, issuer, monkeypatch, code, state_of, public_url, origin
):
    monkeypatch.setenv("IMGOPT_PUBLIC_URL", public_url)
    settings.cache_clear()
    browser = Browser(DirectClient(client.app, base_url=origin, follow_redirects=False), issuer)
    browser.open(issuer.authorize(browser.begin(code)).replace("/api/", "/"))
    page = browser.open(f"{PAGE}?code={code}")
    assert browser.submit(page, origin="http://elsewhere.example", decision="approve").status_code == 403
    assert browser.submit(page, origin=origin, decision="approve").status_code == 303
    assert state_of() == "approved"


@pytest.mark.parametrize("sent", [b"--b", b"--b\r\nnonsense", b"\xff"])
def test_a_form_that_can_not_be_read_is_answered_by_a_page(browser, asked, sent):
    headers = {"Origin": ORIGIN, "Content-Type": "multipart/form-data; boundary=b"}
    answer = browser.client.post(PAGE, content=sent, headers=headers)
    assert (answer.status_code, title(answer)) in ((400, "That did not work"), (403, "That did not work"))


def test_a_form_in_an_odd_encoding_is_refused(browser, asked):
    sent = b'--b\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n+2AA-\r\n--b--\r\n'
    headers = {"Origin": ORIGIN, "Content-Type": "multipart/form-data; boundary=b; charset=utf-7"}
    assert browser.client.post(PAGE, content=sent, headers=headers).status_code == 403


@pytest.mark.parametrize("token", ["", "guessed", "é"])
def test_a_form_without_the_sessions_token_is_refused(browser, asked, state_of, token):
    assert browser.submit(asked, form_token=token, decision="approve").status_code == 403
    assert state_of() == "pending"


def test_a_form_token_is_good_for_its_own_session_alone(browser, other_browser, asked, state_of):
    """An attacker's own is no use in a victim's browser."""
    browser.issuer.person = {"sub": "attacker"}
    other_browser.sign_in()
    assert other_browser.submit(asked, decision="approve").status_code == 403
    assert state_of() == "pending"


def test_a_form_needs_a_session(asked, other_browser):
    assert other_browser.submit(asked, decision="approve").status_code == 403


def test_cookies_are_out_of_reach_of_scripts_and_other_websites(browser):
    begun = browser.open(SIGN_IN)
    ended = browser.open(browser.issuer.authorize(begun.headers["location"]))
    for cookie in begun.headers.get_list("set-cookie") + ended.headers.get_list("set-cookie"):
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))


def test_cookies_over_https_are_secure_and_of_this_host_alone(aws, issuer):
    browser = Browser(DirectClient(build_app(), base_url="https://testserver", follow_redirects=False), issuer)
    begun = browser.open(SIGN_IN)
    ended = browser.open(issuer.authorize(begun.headers["location"]))
    for cookie in begun.headers.get_list("set-cookie") + ended.headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie.split("; ")
        assert "Domain" not in cookie
    assert title(browser.open(PAGE)) == "Enter a code"


def test_a_session_is_for_pages_and_not_for_the_api(browser, asked):
    assert browser.client.get("/api-keys").status_code == 401
    assert browser.client.get("/mcp/auth/status").json()["logged_in"] is False


@pytest.mark.parametrize("path", [PAGE, SIGN_IN, CALLBACK, SIGN_OUT])
def test_pages_are_no_part_of_the_published_api(client, path):
    assert path not in client.app.openapi()["paths"]
