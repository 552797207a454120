"""Login by device code, logout, status."""

import httpx2
import pytest

from imgopt_client.credentials import Credentials
from tests.client.server import SERVER, answer

GRANT = {
    "device_code": "secret-device-code",
    "user_code": "ABCD-1234",
    "verify_url": "https://web.test/device?lang=en",
    "expires_in": 60,
    "interval": 5,
}
TOKEN, REVOKE, STATUS = "GET /mcp/auth/token", "POST /mcp/auth/revoke", "GET /mcp/auth/status"
APPROVED = {"status": "approved", "mcp_token": "mcp_secret", "user": {"email": "a@b.test"}}


@pytest.fixture
def credentials(home):
    return Credentials(home / "credentials.json")


@pytest.fixture
def login(server, imgopt):
    def run(*states, grant=GRANT):
        server.scripted["POST /mcp/auth/device-code"].append(answer(grant))
        server.scripted[TOKEN].extend(answer(state) for state in states)
        return imgopt("login")

    return run


def test_login_stores_the_token_of_an_approved_code(server, login, credentials, slept, capsys):
    assert login({"status": "pending"}, {"status": "pending"}, APPROVED) == 0
    assert credentials.get(SERVER, "token") == "mcp_secret"
    assert slept == [5, 5, 5]
    out, _ = capsys.readouterr()
    assert "https://web.test/device?lang=en&code=ABCD-1234" in out
    assert "confirm the code ABCD-1234" in out
    assert "Logged in at https://imgopt.test as a@b.test." in out
    assert "secret" not in out
    assert server.requests[-1].url.params["device_code"] == "secret-device-code"


def test_login_reports_a_token_that_was_lost_on_its_way(login, credentials, capsys):
    """The service shows the token once, and the answer that contained it was lost."""
    assert login({"status": "approved"}) == 1
    assert "Run `imgopt login` again" in capsys.readouterr().err
    assert credentials.get(SERVER, "token") is None


@pytest.mark.parametrize("email", ["a@b.test", None])
def test_login_keeps_a_previous_login_that_is_valid(server, imgopt, credentials, capsys, email):
    whom = f" as {email}" if email else ""
    credentials.put(SERVER, "token", "mcp_old")
    server.scripted[STATUS].append(answer({"logged_in": True, "email": email}))
    assert imgopt("login") == 0
    said = f"Already logged in at https://imgopt.test{whom}. Run `imgopt logout` to log out.\n"
    assert capsys.readouterr() == (said, "")
    assert [each.headers["authorization"] for each in server.requests] == ["Bearer mcp_old"]
    assert credentials.get(SERVER, "token") == "mcp_old"


def test_login_keeps_a_previous_login_that_can_not_be_checked(server, imgopt, credentials, capsys):
    credentials.put(SERVER, "token", "mcp_old")
    server.scripted[STATUS].extend([httpx2.ConnectError("refused")] * 4)
    assert imgopt("login") == 3
    assert credentials.get(SERVER, "token") == "mcp_old"


@pytest.mark.parametrize(
    "told", [({"logged_in": False}, 200), ({"detail": "Invalid."}, 401), ({"detail": "Not Found"}, 404)]
)
def test_login_revokes_the_previous_login(server, login, credentials, told):
    credentials.put(SERVER, "token", "mcp_old")
    server.scripted[STATUS].append(answer(*told))
    server.scripted[REVOKE].append(answer({"success": True}))
    assert login(APPROVED) == 0
    assert server.requests[-1].headers["authorization"] == "Bearer mcp_old"
    assert credentials.get(SERVER, "token") == "mcp_secret"


@pytest.mark.parametrize("given", [answer({"detail": "Invalid."}, 401), answer({"detail": "Oh."}, 500)])
def test_login_succeeds_where_the_previous_login_is_not_revoked(server, login, credentials, given):
    credentials.put(SERVER, "token", "mcp_old")
    server.scripted[STATUS].append(answer({"logged_in": False}))
    server.scripted[REVOKE].append(given)
    assert login(APPROVED) == 0
    assert credentials.get(SERVER, "token") == "mcp_secret"


def test_login_that_is_interrupted_keeps_the_previous_login(server, login, credentials, monkeypatch):
    credentials.put(SERVER, "token", "mcp_old")
    server.scripted[STATUS].append(answer({"logged_in": False}))
    monkeypatch.setattr("imgopt_client.accounts.poll_token", interrupt)
    assert login() == 130
    assert credentials.get(SERVER, "token") == "mcp_old"
    assert server.count(REVOKE) == 0


def interrupt(*_):
    raise KeyboardInterrupt


def test_login_that_is_denied_is_not_permitted(login, credentials, capsys):
    assert login({"status": "denied"}) == 4
    assert "denied" in capsys.readouterr().err
    assert credentials.get(SERVER, "token") is None


def test_device_code_expires_when_the_server_says_so(login, capsys):
    assert login({"status": "expired"}) == 1
    assert "expired" in capsys.readouterr().err


def test_device_code_expires_by_its_time(server, login, slept):
    assert login(*[{"status": "pending"}] * 20) == 1
    assert sum(slept) == 60
    assert server.count(TOKEN) == 12


def test_device_code_that_the_server_does_not_know_has_expired(login, capsys):
    assert login() == 1
    assert "expired" in capsys.readouterr().err


def test_polls_for_the_token_are_a_second_apart_at_least(login, slept):
    login({"status": "pending"}, APPROVED, grant={**GRANT, "interval": 0.01})
    assert min(slept) >= 1


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "no address", ""])
def test_browser_opens_nothing_but_web_pages(login, monkeypatch, capsys, url):
    monkeypatch.setattr("webbrowser.open", lambda url: pytest.fail("opened"))
    assert login(APPROVED, grant={**GRANT, "verify_url": url}) == 1
    assert capsys.readouterr().err


def test_browser_opens_the_confirmation_page_on_request(server, imgopt, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    server.scripted["POST /mcp/auth/device-code"].append(answer(GRANT))
    server.scripted[TOKEN].append(answer(APPROVED))
    assert imgopt("login", "--open") == 0
    assert opened == ["https://web.test/device?lang=en&code=ABCD-1234"]


def test_login_shows_the_reason_of_a_server_without_accounts(server, imgopt, capsys):
    server.scripted["POST /mcp/auth/device-code"].append(answer({"detail": "Accounts are not available."}, 501))
    assert imgopt("login") == 1
    assert capsys.readouterr().err == "imgopt: Accounts are not available.\n"


def test_logout_revokes_and_forgets_the_login(server, imgopt, credentials, monkeypatch):
    credentials.put(SERVER, "token", "mcp_secret")
    monkeypatch.setenv("IMGOPT_API_KEY", "another")
    server.scripted["POST /mcp/auth/revoke"].append(answer({"success": True}))
    assert imgopt("logout") == 0
    assert server.requests[-1].headers["authorization"] == "Bearer mcp_secret"
    assert credentials.get(SERVER, "token") is None
    assert imgopt("logout") == 0
    assert server.count("POST /mcp/auth/revoke") == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (answer({"detail": "Invalid."}, 401), 0),
        (answer({"detail": "Oh."}, 500), 1),
        (httpx2.ConnectError("refused"), 3),
    ],
)
def test_logout_forgets_the_login_whatever_the_server_says(server, imgopt, credentials, given, code):
    credentials.put(SERVER, "token", "mcp_secret")
    server.scripted["POST /mcp/auth/revoke"].extend([given] * 4)
    assert imgopt("logout") == code
    assert credentials.get(SERVER, "token") is None


def test_logout_reports_a_login_that_was_not_revoked(server, imgopt, credentials, capsys):
    credentials.put(SERVER, "token", "mcp_secret")
    server.scripted["POST /mcp/auth/revoke"].append(answer({"detail": "Oh."}, 500))
    imgopt("logout")
    expected = "imgopt: The login was deleted here, but the server did not revoke it: Oh.\n"
    assert capsys.readouterr() == ("", expected)


def test_status_shows_a_users_tier_and_credits(server, imgopt, credentials, capsys):
    credentials.put(SERVER, "token", "mcp_secret")
    status = {"logged_in": True, "email": "a@b.test", "tier": "pro", "credits_remaining": 7, "credits_limit": 50}
    server.scripted["GET /mcp/auth/status"].append(answer({**status, "credits_reset_at": "2030-01-01"}))
    assert imgopt("status") == 0
    assert capsys.readouterr().out.splitlines() == [
        "server   https://imgopt.test",
        "account  a@b.test",
        "tier     pro",
        "credits  7 of 50, renewed at 2030-01-01",
    ]


def test_status_shows_a_guest(server, imgopt, capsys):
    status = {"logged_in": False, "tier": "guest", "credits_remaining": None}
    server.scripted["GET /mcp/auth/status"].append(answer(status))
    assert imgopt("status") == 0
    assert "account  a guest" in capsys.readouterr().out


NOT_VALID = [answer({"logged_in": False, "tier": "unregistered"}), answer({"detail": "Invalid."}, 401)]


@pytest.mark.parametrize("told", NOT_VALID)
def test_status_reports_a_login_that_is_no_longer_valid(server, imgopt, credentials, capsys, told):
    credentials.put(SERVER, "token", "mcp_secret")
    server.scripted[STATUS].append(told)
    assert imgopt("status") == 3
    said = "imgopt: The login is no longer valid. Run `imgopt login` to log in again.\n"
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize("told", NOT_VALID)
def test_status_reports_a_key_that_is_not_valid(server, imgopt, monkeypatch, capsys, told):
    monkeypatch.setenv("IMGOPT_API_KEY", "tfy_live_wrong")
    server.scripted[STATUS].append(told)
    assert imgopt("status") == 3
    assert capsys.readouterr() == ("", "imgopt: IMGOPT_API_KEY: the key is not valid.\n")
