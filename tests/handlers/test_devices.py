"""Device login, by its six operations."""

from datetime import timedelta

import pytest

from imgopt import clock
from imgopt.devices import repository, service
from imgopt.devices.model import Decision
from imgopt.settings import settings
from imgopt.storage import table
from tests import pictures
from tests.issuer import EMAIL

CODE, TOKEN, APPROVE, DENY, REVOKE, STATUS = (
    f"/mcp/auth/{name}" for name in ("device-code", "token", "approve", "deny", "revoke", "status")
)


WRONG = "TINI-2222-2222"


@pytest.fixture(autouse=True)
def many_requests(environment, monkeypatch):
    """Raises the limits, since all tests come from one address."""
    for name in ("DEVICE_CODE", "TOKEN_POLL", "POLLS_BY_ADDRESS", "APPROVE"):
        monkeypatch.setenv(f"IMGOPT_RATE_{name}", "1000")
    settings.cache_clear()


@pytest.fixture
def grant(client, issuer) -> dict:
    return client.post(CODE).json()


@pytest.fixture
def poll(client, grant):
    return lambda: client.get(TOKEN, params={"device_code": grant["device_code"]}).json()


@pytest.fixture
def decide(client, grant, issuer):
    """A signed-in user approves or denies the code; the status of the answer."""

    def send(path: str, **other: str) -> int:
        headers = issuer.bearer(**other)
        return client.post(path, json={"user_code": grant["user_code"]}, headers=headers).status_code

    return send


@pytest.fixture
def token(decide, poll) -> str:
    decide(APPROVE)
    return poll()["mcp_token"]


def using(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_device_gets_a_code_for_itself_and_one_for_people(grant):
    assert grant["user_code"].startswith("TINI-")
    assert grant["verify_url"] == "http://testserver/mcp/authorize"
    assert (grant["expires_in"], grant["interval"]) == (600, 3)
    assert len(grant["device_code"]) >= 43


def test_the_page_is_where_the_settings_say(client, issuer, monkeypatch):
    monkeypatch.setenv("IMGOPT_PUBLIC_URL", "https://img.example/api/")
    settings.cache_clear()
    assert client.post(CODE).json()["verify_url"] == "https://img.example/api/mcp/authorize"


def test_device_login_without_an_issuer_is_not_set_up(client):
    answer = client.post(CODE)
    assert answer.status_code == 501
    assert "not set up" in answer.json()["detail"]


def test_no_cache_keeps_what_a_device_is_told(client, grant, decide):
    """RFC 6749, 5.1."""
    decide(APPROVE)
    answers = [client.post(CODE), client.get(TOKEN, params={"device_code": grant["device_code"]}), client.get(STATUS)]
    assert {answer.headers.get("cache-control") for answer in answers} == {"no-store"}


def test_a_program_is_remembered_by_what_can_be_shown(client, issuer):
    client.post(CODE, headers={"User-Agent": "imgopt/1 \x1b[31m" + "x" * 200})
    (item,) = table.scan("DEVICE_CODE")
    assert item["program"] == "imgopt/1 [31m" + "x" * 87


def test_a_code_waits_for_its_user(poll):
    assert [poll(), poll()] == [{"status": "pending"}] * 2


def test_an_approved_code_gives_a_token_and_tells_of_its_user(decide, poll):
    assert decide(APPROVE) == 200
    answer = poll()
    assert answer["status"] == "approved"
    assert answer["mcp_token"].startswith("mcp_")
    assert set(answer["user"]) == {"email", "tier", "credits_remaining", "credits_limit", "credits_reset_at"}
    assert (answer["user"]["email"], answer["user"]["tier"]) == (EMAIL, "free")
    assert (answer["user"]["credits_remaining"], answer["user"]["credits_limit"]) == (50, 50)


def test_the_token_is_shown_once(token, poll):
    assert [poll(), poll()] == [{"status": "approved"}] * 2


def test_a_denied_code_gives_no_token(decide, poll):
    assert decide(DENY) == 200
    assert poll() == {"status": "denied"}


def test_a_code_lives_for_ten_minutes(poll, decide, clock_at):
    clock_at(minutes=9, seconds=59)
    assert poll() == {"status": "pending"}
    clock_at(minutes=10)
    assert poll() == {"status": "expired"}
    assert (decide(APPROVE), decide(DENY)) == (410, 410)


def test_an_approved_code_that_nobody_asked_after_in_time_gives_no_token(poll, decide, clock_at):
    decide(APPROVE)
    clock_at(minutes=10)
    assert poll() == {"status": "expired"}


def test_a_code_that_is_not_known_any_more_has_expired(client):
    assert client.get(TOKEN, params={"device_code": "unknown"}).json() == {"status": "expired"}
    assert client.get(TOKEN).status_code == 422


@pytest.mark.parametrize("path", [APPROVE, DENY])
def test_repeated_decision_changes_nothing(decide, path):
    assert [decide(path), decide(path)] == [200, 200]


@pytest.mark.parametrize(("first", "second"), [(APPROVE, DENY), (DENY, APPROVE)])
def test_decision_is_final(decide, poll, first, second):
    assert [decide(first), decide(second)] == [200, 409]
    assert poll()["status"] == ("approved" if first == APPROVE else "denied")


@pytest.mark.parametrize("path", [APPROVE, DENY])
def test_decision_of_another_user_is_refused_after_an_approval(decide, path):
    assert [decide(APPROVE), decide(path, sub="someone else")] == [200, 409]


def test_a_device_belongs_to_whoever_approved_it(client, decide, poll):
    decide(APPROVE, sub="someone else", email="else@example.com")
    assert client.get(STATUS, headers=using(poll()["mcp_token"])).json()["email"] == "else@example.com"


def test_a_decision_after_the_token_was_fetched_is_the_same(decide, token):
    assert (decide(APPROVE), decide(DENY)) == (200, 409)


@pytest.mark.parametrize(
    "given",
    [
        lambda code: {"json": {"user_code": code}},
        lambda code: {"json": {"code": code}},
        lambda code: {"params": {"code": code}},
        lambda code: {"params": {"user_code": code.lower().replace("-", "")}},
    ],
)
def test_the_code_is_taken_wherever_it_is(client, grant, issuer, given):
    assert client.post(APPROVE, headers=issuer.bearer(), **given(grant["user_code"])).status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"json": {}},
        {"json": []},
        {"json": {"user_code": 7}},
        {"content": b"{"},
        {"content": b"\xff"},
        {"content": b"[" * 100_000},
    ],
)
def test_approval_without_a_code_is_a_bad_request(client, issuer, given):
    answer = client.post(APPROVE, headers=issuer.bearer(), **given)
    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize("code", ["TINI-7X4K-M2P9", "", "nonsense"])
def test_a_code_that_there_is_not_is_not_found(client, issuer, code):
    assert client.post(DENY, json={"user_code": code}, headers=issuer.bearer()).status_code == 404


@pytest.fixture
def guess(client, issuer, clock_at):
    """A user's try at a code, all of them at the same time; the answer."""
    clock_at()
    tomorrow = int((clock.now() + timedelta(days=1)).timestamp())
    return lambda code=WRONG, path=DENY, **who: client.post(
        path, json={"user_code": code}, headers=issuer.bearer(exp=tomorrow, **who)
    )


@pytest.mark.parametrize("path", [APPROVE, DENY])
def test_guessing_of_codes_is_stopped_even_at_a_right_one(grant, guess, poll, path):
    assert [guess(path=path).status_code for _ in range(20)] == [404] * 20
    refused = guess(grant["user_code"], path)
    assert (refused.status_code, refused.json()["detail"].startswith("Too many wrong codes.")) == (429, True)
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert poll() == {"status": "pending"}
    assert guess(grant["user_code"], path, sub="someone else").status_code == 200


def test_a_guess_is_forgotten_after_an_hour(guess, clock_at):
    assert [guess().status_code for _ in range(21)] == [404] * 20 + [429]
    clock_at(hours=1)
    assert guess().status_code == 404


def test_malformed_code_is_not_counted_as_a_guess(client, issuer):
    answers = [client.post(DENY, json={"user_code": "nonsense"}, headers=issuer.bearer()) for _ in range(25)]
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("path", [APPROVE, DENY])
def test_decisions_need_a_signed_in_user(client, grant, upload, path, token):
    """A device that could let in others could outlive its own revocation."""
    body = {"user_code": grant["user_code"]}
    guest = {"X-Session-Token": upload(pictures.png())["session_token"]}
    for headers in ({}, guest, using(token)):
        assert client.post(path, json=body, headers=headers).status_code == 401


def test_a_token_lets_its_device_work(client, token):
    uploaded = client.post("/upload", files={"file": pictures.png()}, headers=using(token)).json()
    answer = client.post("/auto", json={"temp_file_ids": [uploaded["temp_file_id"]]}, headers=using(token))
    assert (uploaded["session_token"], answer.json()["credits_remaining"]) == (None, 47)
    assert client.get(STATUS, headers=using(token)).json()["credits_remaining"] == 47


def test_a_revoked_token_is_worth_nothing(client, token):
    assert client.post(REVOKE, headers=using(token)).json() == {"success": True}
    assert client.post("/auto", json={"temp_file_ids": ["x"]}, headers=using(token)).status_code == 401
    assert client.get(STATUS, headers=using(token)).json()["logged_in"] is False
    assert client.post(REVOKE, headers=using(token)).status_code == 401


def test_only_a_devices_token_is_revoked(client, issuer):
    assert client.post(REVOKE).status_code == 401
    assert client.post(REVOKE, headers=issuer.bearer()).status_code == 401


def test_the_status_of_a_user(client, token):
    status = client.get(STATUS, headers=using(token)).json()
    reset = status.pop("credits_reset_at")
    assert reset.endswith("T00:00:00+00:00")
    assert status == {"logged_in": True, "email": EMAIL, "tier": "free", "credits_remaining": 50, "credits_limit": 50}


def test_the_status_of_a_guest(client, upload):
    uploaded = upload(pictures.png())
    guest = {"X-Session-Token": uploaded["session_token"]}
    client.post("/auto", json={"temp_file_ids": [uploaded["temp_file_id"]]}, headers=guest)
    status = client.get(STATUS, headers=guest).json()
    assert (status["logged_in"], status["tier"], status["credits_remaining"]) == (False, "unregistered", 17)
    assert "email" not in status


@pytest.mark.parametrize(
    "headers", [{}, {"X-Session-Token": "unknown"}, using("mcp_dead"), using("eyJx"), {"Authorization": "Basic YQ=="}]
)
def test_status_of_an_unknown_client_is_that_of_a_new_guest(client, headers):
    answer = client.get(STATUS, headers=headers)
    status = answer.json()
    assert (answer.status_code, status["logged_in"], status["tier"]) == (200, False, "unregistered")
    assert (status["credits_remaining"], status["credits_limit"]) == (20, 20)


def test_token_is_given_to_the_first_of_two_concurrent_polls(grant, decide, monkeypatch):
    decide(APPROVE)
    found = repository.find_code(service.hash_token(grant["device_code"]))
    assert found.status is Decision.APPROVED
    monkeypatch.setattr(repository, "find_code", lambda _: found)
    tokens = [service.poll(grant["device_code"]).token for _ in range(2)]
    assert [token is None for token in tokens] == [False, True]
    assert len(list(table.scan("DEVICE_TOKEN"))) == 1


def test_a_code_that_two_devices_would_have_is_given_to_one(issuer, aws, monkeypatch):
    codes = iter(["TINI-2222-2222", "TINI-2222-2222", "TINI-3333-3333"])
    monkeypatch.setattr(service, "new_user_code", lambda: next(codes))
    assert [service.request_code()[0].user_code for _ in range(2)] == ["TINI-2222-2222", "TINI-3333-3333"]


def test_codes_and_tokens_are_stored_as_their_hashes(grant, token):
    everything = str([list(table.scan(kind)) for kind in ("DEVICE_CODE", "USER_CODE", "DEVICE_TOKEN")])
    assert not [secret for secret in (grant["device_code"], token) if secret in everything]


def test_no_code_and_no_token_is_logged(client, grant, decide, poll, log_lines):
    decide(APPROVE)
    token = poll()["mcp_token"]
    client.post(REVOKE, headers=using(token))
    assert log_lines()
    private = (grant["device_code"], grant["user_code"], token, EMAIL)
    assert not [each for each in private if each in str(log_lines())]
