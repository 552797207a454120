"""Processing a guest's upload by its id only: the job is the guest's, but private facts are left out of the answer."""

import json

import pytest

from imgopt.callbacks import signing
from imgopt.settings import settings
from imgopt.storage import clients
from tests import pictures
from tests.conftest import TABLE

PATHS = ("/auto", "/compress", "/resize", "/upscale", "/tag")


@pytest.fixture
def uploaded(upload):
    return upload(pictures.png())


def ask(client, uploaded, path="/auto", headers=None, **body):
    request_body = {"temp_file_ids": [uploaded["temp_file_id"]], **body}
    return client.post(path, json=request_body, headers=headers or {})


def credits_left(client, uploaded) -> int:
    token = {"X-Session-Token": uploaded["session_token"]}
    return client.get("/usage/summary", headers=token).json()["credits_remaining"]


@pytest.mark.parametrize("path", PATHS)
def test_the_guest_is_charged_whatever_is_asked(client, uploaded, path, log_lines):
    answer = ask(client, uploaded, path, width=5).json()
    assert answer["jobs"][0]["temp_file_id"] == uploaded["temp_file_id"]
    assert answer["credits_remaining"] == credits_left(client, uploaded) == 20 - answer["credits_used"] < 20
    assert log_lines()[-2]["owner"].startswith("guest-")  # the one before the last asks for the credits


def test_the_guest_may_delete_the_job(client, uploaded):
    job = ask(client, uploaded).json()["jobs"][0]
    assert client.delete(f"/jobs/{job['id']}").status_code == 404
    token = {"X-Session-Token": uploaded["session_token"]}
    assert client.delete(f"/jobs/{job['id']}", headers=token).status_code == 200


def test_the_guests_credits_are_the_limit(client, uploaded):
    left = [ask(client, uploaded).json().get("credits_remaining") for _ in range(7)]
    assert left == [17, 14, 11, 8, 5, 2, 2]
    answer = ask(client, uploaded)
    assert (answer.status_code, answer.json()["is_guest"]) == (429, True)


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer mcp_x"}, {"Authorization": "Basic x"}])
def test_a_credential_that_is_wrong_is_refused_all_the_same(client, uploaded, headers):
    assert ask(client, uploaded, headers=headers).status_code == 401


def test_a_users_upload_takes_the_user(client, issuer):
    uploaded = client.post("/upload", files={"file": pictures.png()}, headers=issuer.bearer()).json()
    answer = ask(client, uploaded)
    assert (answer.status_code, "session token" in answer.json()["detail"]) == (404, True)
    assert ask(client, uploaded, headers=issuer.bearer()).status_code == 200


def test_an_expired_upload_is_told_as_such(client, uploaded, clock_at):
    clock_at(days=2)
    assert ask(client, uploaded).status_code == 410


def test_a_repeated_call_is_the_same_call(client, uploaded):
    key = {"Idempotency-Key": "k"}
    first = ask(client, uploaded, headers=key).json()
    assert ask(client, uploaded, headers=key).json() == first
    assert credits_left(client, uploaded) == 17


def test_the_guests_own_call_under_the_same_key_is_another_one(client, uploaded):
    """Otherwise a client that knows the upload would get the answer to its owner's call."""
    key = {"Idempotency-Key": "k"}
    token = {"X-Session-Token": uploaded["session_token"]}
    calls = [ask(client, uploaded, headers={**key, **more}).json()["jobs"][0]["id"] for more in ({}, token)]
    assert calls[0] != calls[1]


def test_the_secret_of_callbacks_is_told_to_the_guest_alone(client, uploaded):
    """The secret signs all of the guest's callbacks, so whoever has it can imitate this service."""
    wanted = {"settings": {"callback_url": "https://a.example/"}}
    answer = ask(client, uploaded, **wanted).json()
    assert answer["callback_secret"] is None
    assert "callback" in " ".join(answer["warnings"])
    token = {"X-Session-Token": uploaded["session_token"]}
    proven = ask(client, uploaded, headers=token, **wanted).json()
    owner = next(item["owner"]["S"] for item in clients.dynamodb().scan(TableName=TABLE)["Items"] if "owner" in item)
    assert (proven["callback_secret"], proven["warnings"]) == (signing.derive_secrets(owner)[0], [])


@pytest.fixture
def limited(monkeypatch):
    monkeypatch.setenv("IMGOPT_RATE_PROCESSING_UNREGISTERED", "2")
    settings.cache_clear()


@pytest.mark.usefixtures("limited")
def test_calls_are_counted_by_address(client, upload):
    statuses = [ask(client, upload(pictures.png())).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


@pytest.mark.usefixtures("limited")
def test_calls_are_counted_by_the_guest_whatever_the_address(client, uploaded, monkeypatch):
    monkeypatch.setenv("IMGOPT_TRUSTED_PROXIES", "0.0.0.0/0")
    settings.cache_clear()
    monkeypatch.setattr("functions.api.addresses.peer_of", lambda scope: "192.0.2.1")
    addresses = (f"198.51.100.{number}" for number in range(1, 5))
    token = {"X-Session-Token": uploaded["session_token"]}
    assert ask(client, uploaded, headers=token).status_code == 200
    answers = [ask(client, uploaded, headers={"X-Forwarded-For": each}) for each in addresses]
    assert [answer.status_code for answer in answers] == [200, 429, 429, 429]
    assert answers[-1].headers["X-RateLimit-Remaining"] == "0"


@pytest.mark.parametrize("count", [0, 21, 5000])
def test_uploads_are_counted_before_they_are_looked_for(client, count, monkeypatch):
    monkeypatch.setattr("imgopt.storage.table.get_many", lambda keys: pytest.fail("read"))
    asked = json.dumps({"temp_file_ids": ["3f1f2c9e-0000-4000-8000-000000000000"] * count})
    answer = client.post("/auto", content=asked, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
