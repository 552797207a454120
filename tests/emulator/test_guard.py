"""The guard: which names, pages and paths it accepts without a signature."""

import asyncio

import pytest

from local.emulator.guard import Guard
from local.emulator.origins import KnownOrigins
from tests.emulator.requests import ENDPOINT, KEY, OTHER, OWN, PORT, Asked, address, ask, call

POOL = "/us-east-1_AbC123xyz/.well-known"
FORM = {"content-type": "application/x-www-form-urlencoded"}
SIGN_IN = Asked("GET", "/oauth2/authorize?client_id=a&response_type=code")
LOGIN = Asked("POST", "/login", FORM, b"username=ada&password=x")
TOKEN = Asked("POST", "/oauth2/token", FORM, b"grant_type=authorization_code")
STAGE = Asked("POST", "/restapis/abc123/v1/_user_request_/upload", {"x-emulator-token": KEY.gateway_token}, b"x")
SIGN_OUT = Asked("GET", "/logout?client_id=a&logout_uri=b")
OPEN = [
    SIGN_IN,
    SIGN_OUT,
    LOGIN,
    TOKEN,
    Asked("GET", f"{POOL}/jwks.json"),
    Asked("GET", f"{POOL}/openid-configuration"),
]
NAVIGATION = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
EVIL = "evil.example"
HOSTS = [EVIL, f"{EVIL}:{PORT}", "127.0.0.1", "127.0.0.1:1", f"localhost.{EVIL}:{PORT}", ""]


def signed():
    return call("dynamodb", "scan", TableName="t")


def name(asked):
    return asked.__name__ if callable(asked) else f"{asked.method} {asked.target.partition('?')[0]}"


@pytest.fixture
def asked(request):
    """The request. Signed ones are made here, since signatures expire, and every process would make them before."""
    return request.param() if callable(request.param) else request.param


@pytest.mark.parametrize("asked", [*OPEN, STAGE, signed, address], ids=name, indirect=True)
@pytest.mark.parametrize("host", HOSTS)
def test_requests_by_another_host_name_are_refused(asked, host):
    assert ask(asked.having(host=host)).is_refused


@pytest.mark.parametrize("asked", [*OPEN, STAGE, signed, address], ids=name, indirect=True)
@pytest.mark.parametrize(
    "page",
    [
        {"origin": OTHER},
        {"origin": "null"},
        {"origin": f"http://127.0.0.1:{PORT}.evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": OTHER, "sec_fetch_site": "same-origin"},
        {"origin": OTHER, **NAVIGATION},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"},
        {**NAVIGATION, "sec_fetch_dest": "iframe"},
    ],
)
def test_pages_of_others_get_nothing(asked, page):
    answer = ask(asked.having(**page))
    assert (answer.status, answer.is_refused) == (403, True)
    assert not [header for header in answer.headers if header.startswith("access-control-")]


@pytest.mark.parametrize("header", ["host", "origin", "sec_fetch_site", "authorization", "x_emulator_token"])
@pytest.mark.parametrize("asked", [*OPEN, signed, address], ids=name, indirect=True)
def test_repeated_headers_are_refused(asked, header):
    twice = {"host": f"127.0.0.1:{PORT}", "origin": OWN, "sec_fetch_site": "none"}
    value = twice.get(header) or asked.headers.get(header.replace("_", "-"), KEY.gateway_token)
    answer = ask(asked.having(**{header: f"{value}\n{value}"}))
    assert (answer.status in (400, 403), answer.is_refused) == (True, True)


UNSIGNED = [
    Asked("GET", "/"),
    Asked("GET", "/uploads?list-type=2"),
    Asked("GET", "/uploads/uploads/1"),
    Asked("PUT", "/uploads/uploads/1", {}, b"x"),
    Asked("DELETE", "/uploads/uploads/1"),
    Asked("POST", "/", {"x-amz-target": "DynamoDB_20120810.Scan"}, b"{}"),
    Asked("POST", "/", FORM, b"Action=ListUsers&Version=2010-05-08"),
    Asked("POST", "/2015-03-31/functions", {"content-type": "text/plain"}, b"{}"),
    Asked("POST", "/2015-03-31/functions/f/invocations", {}, b"{}"),
    Asked("POST", "/_ministack/reset"),
    Asked("POST", "/_ministack/config", {}, b"{}"),
    Asked("GET", "/_ministack/health"),
    Asked("GET", "/_ministack/lambda-code/f"),
    Asked("GET", "/_localstack/health"),
    Asked("GET", "/oauth2/userInfo", {"authorization": "Bearer x"}),
    Asked("POST", "/logout?client_id=a&logout_uri=b", FORM),
    Asked("POST", "/oauth2/authorize"),
    Asked("GET", "/login"),
    Asked("POST", "/login?Action=ListUsers", FORM, b"a=b"),
    Asked("POST", "/login", {"content-type": "application/json"}, b"{}"),
    Asked("POST", "/oauth2%2ftoken", FORM, b""),
    Asked("POST", "//oauth2/token", FORM, b""),
    Asked("GET", f"{POOL}/jwks.json?acl"),
    Asked("GET", "/uploads/.well-known/jwks.json"),
    Asked("GET", STAGE.target),
    Asked("GET", "/_aws/execute-api/abc123/v1/upload", STAGE.headers),
    Asked("GET", "/uploads/uploads/1", STAGE.headers),
    Asked("POST", "/restapis/abc123/v1/_user_request_x", STAGE.headers),
    STAGE.having(x_emulator_token=KEY.secret),
    STAGE.having(x_emulator_token=""),
    Asked("OPTIONS", "/uploads"),
]


@pytest.mark.parametrize("asked", UNSIGNED, ids=name, indirect=True)
def test_unsigned_requests_off_the_list_are_refused(asked):
    answer = ask(asked)
    assert (answer.status, answer.is_refused) == (403, True)


@pytest.mark.parametrize("asked", OPEN, ids=name)
def test_people_sign_in_without_a_signature(asked):
    answer = ask(asked.having(x_amz_target="DynamoDB_20120810.Scan", content_encoding="gzip", cookie="a=b"))
    assert (answer.status, answer.seen.body) == (200, asked.body)
    assert set(answer.seen.headers) <= {"host", "content-type"}
    assert answer.headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in answer.headers


def test_a_form_for_signing_in_is_short():
    assert ask(Asked("POST", "/login", FORM, b"x" * 30_000)).status == 413


def test_a_client_with_a_secret_says_it_and_no_other_authorization_is_read():
    assert ask(TOKEN.having(authorization="Basic YTpi")).seen.headers["authorization"] == "Basic YTpi"
    assert ask(TOKEN.having(authorization="AWS4-HMAC-SHA256 Credential=111111111111/x")).is_refused


def test_windows_may_be_led_to_the_form_and_to_a_signed_file_from_anywhere():
    for site in ("cross-site", "same-site", "none"):
        assert ask(SIGN_IN.having(**{**NAVIGATION, "sec_fetch_site": site})).status == 200
    assert ask(address().having(**NAVIGATION)).status == 200
    assert ask(Asked("GET", f"{POOL}/jwks.json").having(**NAVIGATION)).is_refused


def test_the_form_comes_back_from_its_own_page():
    assert ask(LOGIN.having(origin=ENDPOINT)).status == 200
    assert ask(LOGIN.having(origin=OWN), websites=("*",)).is_refused


def test_the_gateway_hears_neither_the_token_nor_what_a_client_says_of_its_address():
    asked = STAGE.having(x_forwarded_for="203.0.113.9", x_forwarded_host="a", forwarded="for=::1", x_real_ip="::1")
    answer = ask(asked.having(authorization="Bearer mcp_x"))
    assert answer.seen.headers == {"host": f"127.0.0.1:{PORT}", "authorization": "Bearer mcp_x"}
    assert answer.headers["access-control-allow-origin"] == "*"  # the service's own


def test_forwarding_headers_reach_no_other_service():
    for asked in (signed(), address()):
        assert "x-forwarded-proto" not in ask(asked.having(x_forwarded_proto="https")).seen.headers


def test_scripts_of_the_service_read_signed_files_and_nothing_else():
    answer = ask(address().having(origin=OWN))
    assert (answer.headers["access-control-allow-origin"], answer.headers["vary"]) == (OWN, "Origin")
    assert "access-control-allow-origin" not in ask(address()).headers
    assert "access-control-allow-origin" not in ask(signed()).headers
    assert ask(signed().having(origin=OWN)).is_refused


def test_websites_that_are_set_read_signed_files_too():
    assert ask(address().having(origin=OTHER), websites=(OTHER,)).headers["access-control-allow-origin"] == OTHER
    assert ask(address().having(origin=OTHER), websites=("*",)).headers["access-control-allow-origin"] == "*"
    assert ask(signed().having(origin=OTHER), websites=("*",)).is_refused


def test_a_stored_file_is_nobodys_page():
    headers = ask(address()).headers
    assert (headers["content-security-policy"], headers["x-content-type-options"]) == ("sandbox", "nosniff")


def test_a_preflight_is_answered_for_own_pages_without_the_emulator():
    asked = Asked("OPTIONS", "/uploads", {"origin": OWN, "access-control-request-method": "POST"})
    answer = ask(asked)
    assert (answer.status, answer.is_refused, answer.headers["access-control-allow-origin"]) == (204, True, OWN)
    refused = ask(asked.having(origin=OTHER))
    assert (refused.status, "access-control-allow-origin" in refused.headers) == (403, False)


def test_web_sockets_are_closed():
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(Guard(None, KEY, KnownOrigins(PORT, ()))({"type": "websocket"}, None, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]
