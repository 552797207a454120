"""The page where a person lets a device in, and signing in for it, as a browser without scripts goes through them."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from functions.api.app import build_app
from imgopt.settings import settings
from imgopt.storage import table
from tests.issuer import CLIENT, EMAIL

PAGE, SIGN_IN, CALLBACK, SIGN_OUT = (f"/mcp/{name}" for name in ("authorize", "sign-in", "callback", "sign-out"))
ORIGIN = "http://testserver"


class Browser:
    """Keeps cookies, follows nothing by itself, and says where its forms come from."""

    def __init__(self, client, issuer):
        self.client, self.issuer = client, issuer

    def open(self, path: str, **headers: str):
        return self.client.get(path, headers=headers)

    def begin(self, code: str = "") -> str:
        """Follows the link to the issuer; the address that it leads to."""
        return self.open(f"{SIGN_IN}?code={code}").headers["location"]

    def sign_in(self, code: str = ""):
        return self.open(self.issuer.authorize(self.begin(code)))

    def submit(self, page, path: str = PAGE, *, origin: str | None = ORIGIN, **fields: str):
        """The form of a page, with these fields changed; an empty one is left out."""
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
        sent = {name: value for name, value in {**dict(hidden), **fields}.items() if value}
        return self.client.post(path, data=sent, headers={"Origin": origin} if origin else {})


@pytest.fixture(autouse=True)
def many_requests(environment, monkeypatch):
    for name in ("DEVICE_CODE", "TOKEN_POLL", "APPROVE"):
        monkeypatch.setenv(f"IMGOPT_RATE_{name}", "1000")
    settings.cache_clear()


@pytest.fixture
def browser(client, issuer) -> Browser:
    return Browser(client, issuer)


@pytest.fixture
def other_browser(client, issuer):
    return Browser(TestClient(client.app, follow_redirects=False), issuer)


@pytest.fixture
def grant(client, issuer) -> dict:
    return client.post("/mcp/auth/device-code", headers={"User-Agent": "imgopt/1 <b>"}).json()


@pytest.fixture
def code(grant) -> str:
    return grant["user_code"]


@pytest.fixture
def state_of(client, grant):
    return lambda: client.get("/mcp/auth/token", params={"device_code": grant["device_code"]}).json()["status"]


@pytest.fixture
def asked(browser, code):
    """The page that asks, for someone who has signed in."""
    browser.sign_in(code)
    return browser.open(f"{PAGE}?code={code}")


def title(answer) -> str:
    return unescape(re.search(r"<h1>(.*?)</h1>", answer.text)[1])


def test_whoever_has_not_signed_in_is_asked_to_and_sees_nothing_of_the_code(browser, code):
    answer = browser.open(f"{PAGE}?code={code}")
    assert (answer.status_code, title(answer)) == (200, "Sign in")
    assert f'href="sign-in?code={code}"' in answer.text
    assert "imgopt/1" not in answer.text


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


def test_after_signing_in_the_page_shows_what_is_asked(browser, code):
    answer = browser.sign_in(code)
    assert (answer.status_code, answer.headers["location"]) == (303, f"authorize?code={code}")
    page = browser.open(f"{PAGE}?code={code}")
    assert title(page) == "Let this device in?"
    for shown in (code, EMAIL, "just now", "imgopt/1 &lt;b&gt;"):
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


def test_without_a_code_there_is_a_form_for_one(browser):
    browser.sign_in()
    page = browser.open(PAGE)
    assert title(page) == "Enter a code"
    assert '<label for="code">' in page.text


@pytest.mark.parametrize("typed", ["TINI-7X4K-M2P9", "nonsense", '"><script>alert(1)</script>'])
def test_an_unknown_code_is_said_to_be_unknown(browser, typed):
    browser.sign_in()
    answer = browser.client.get(PAGE, params={"code": typed})
    assert (answer.status_code, title(answer)) == (404, "Enter a code")
    assert 'role="alert">There is no such code.' in answer.text
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


def test_whoever_guesses_codes_on_the_page_is_stopped(browser, asked, code, clock_at):
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
        TestClient(client.app, client=(address, 1), follow_redirects=False) for address in (asked_from, looked_at_from)
    )
    code = asking.post("/mcp/auth/device-code").json()["user_code"]
    browser = Browser(looking, issuer)
    browser.sign_in(code)
    assert f"<dd>{said}</dd>" in browser.open(f"{PAGE}?code={code}").text


def test_whoever_did_not_sign_in_after_all_may_begin_again_with_the_same_code(browser, code):
    """As people do who close the issuer's page, or deny it their address."""
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


def test_without_an_issuer_the_page_says_so(client):
    answer = client.get(PAGE)
    assert (answer.status_code, title(answer)) == (501, "That did not work")
    assert client.get(SIGN_IN).status_code == 501


def test_an_issuer_that_does_not_answer_is_said_so_on_a_page(browser, issuer):
    issuer.is_down = True
    answer = browser.open(SIGN_IN)
    assert (answer.status_code, title(answer)) == (503, "That did not work")


def test_approving_is_limited_and_the_refusal_is_a_page(browser, asked, monkeypatch):
    monkeypatch.setenv("IMGOPT_RATE_APPROVE", "1")
    settings.cache_clear()
    answers = [browser.submit(asked, decision="approve") for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 429]
    assert int(answers[1].headers["retry-after"]) > 0
    assert title(answers[1]) == "That did not work"


# What others may try.


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
    browser = Browser(TestClient(client.app, base_url=origin, follow_redirects=False), issuer)
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


@pytest.mark.parametrize("decision", ["", "maybe", "approve deny"])
def test_a_form_must_say_what_was_decided(browser, asked, state_of, decision):
    assert browser.submit(asked, decision=decision).status_code == 400
    assert state_of() == "pending"


def test_looking_at_a_page_decides_nothing(browser, asked, code, state_of):
    browser.open(f"{PAGE}?code={code}&decision=approve")
    assert state_of() == "pending"


def test_nobody_can_end_a_sign_in_that_they_did_not_begin(browser, other_browser):
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


def test_another_website_can_not_begin_a_sign_in(browser, code):
    """It would throw away one that is under way."""
    answer = browser.open(f"{SIGN_IN}?code={code}", **{"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"authorize?code={code}")
    assert "set-cookie" not in answer.headers


def test_cookies_are_out_of_reach_of_scripts_and_other_websites(browser):
    begun = browser.open(SIGN_IN)
    ended = browser.open(browser.issuer.authorize(begun.headers["location"]))
    for cookie in begun.headers.get_list("set-cookie") + ended.headers.get_list("set-cookie"):
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))


def test_by_https_cookies_are_secure_and_of_this_host_alone(aws, issuer):
    browser = Browser(TestClient(build_app(), base_url="https://testserver", follow_redirects=False), issuer)
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


def test_a_client_with_a_secret_shows_it_to_the_issuer(browser, issuer, monkeypatch):
    issuer.secret = "a%secret"
    assert browser.sign_in().status_code == 400
    issuer.secret, shown = "a-secret", "a-secret"
    monkeypatch.setenv("IMGOPT_OIDC_CLIENT_SECRET", shown)
    settings.cache_clear()
    assert browser.sign_in().status_code == 303


def test_sessions_are_stored_as_their_hashes(browser, asked):
    session = browser.client.cookies["imgopt-session"]
    stored = list(table.scan("PAGE_SESSION"))
    assert len(stored) == 1
    assert session not in str(stored)


def test_nothing_of_it_is_logged(browser, asked, code, log_lines):
    browser.submit(asked, decision="approve")
    browser.open(f"{PAGE}?code={code}")
    assert log_lines()[-1]["owner"].startswith("user-")
    private = (code, EMAIL, browser.client.cookies["imgopt-session"])
    assert not [each for each in private if each in str(log_lines())]


@pytest.mark.parametrize("path", [PAGE, SIGN_IN, CALLBACK, SIGN_OUT])
def test_pages_are_no_part_of_the_published_api(client, path):
    assert path not in client.app.openapi()["paths"]
