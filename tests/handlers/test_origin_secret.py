"""The secret that a proxy in front adds to each request. Requests without it are refused."""

import json

import pytest
from botocore.exceptions import ClientError
from pydantic import ValidationError

from functions.api.origin_secret import HEADER
from imgopt.settings import Settings, settings
from imgopt.storage import clients, secrets

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def required(client, monkeypatch):
    monkeypatch.setenv("IMGOPT_ORIGIN_SECRET", SECRET)
    settings.cache_clear()
    return client


@pytest.mark.parametrize("given", [None, "", SECRET[1:], SECRET + "0", SECRET.upper(), b"\xff"])
def test_request_without_the_secret_is_refused_before_its_body_is_read(required, given, stored):
    def body():
        raise AssertionError("nobody may read it")
        yield b""

    headers = {HEADER: given} if given is not None else {}
    answer = required.post("/upload", content=body(), headers=headers)
    assert (answer.status_code, set(answer.json())) == (403, {"detail"})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert stored()["items"] == []


def test_request_with_the_secret_is_answered(required):
    assert required.get("/config", headers={HEADER: SECRET}).status_code == 200


@pytest.mark.parametrize("path", ["/health", "/readiness"])
def test_health_checks_need_no_secret(required, path):
    assert required.get(path).status_code == 200


def test_secret_may_be_in_secrets_manager(client, monkeypatch):
    secrets.forget()
    arn = clients.secretsmanager().create_secret(Name="origin", SecretString=SECRET)["ARN"]
    monkeypatch.setenv("IMGOPT_ORIGIN_SECRET_ARN", arn)
    settings.cache_clear()
    assert client.get("/config", headers={HEADER: "wrong"}).status_code == 403
    assert client.get("/config", headers={HEADER: SECRET}).status_code == 200


def test_current_and_previous_secret_are_taken_where_the_proxy_can_send_one_alone(client, monkeypatch):
    """CloudFront sends the current secret, or the previous one until it is deployed."""
    secrets.forget()
    known = {"current": SECRET, "previous": SECRET[::-1]}
    arn = clients.secretsmanager().create_secret(Name="edge", SecretString=json.dumps(known))["ARN"]
    monkeypatch.setenv("IMGOPT_ORIGIN_SECRET_ARN", arn)
    settings.cache_clear()
    given = (SECRET, SECRET[::-1], json.dumps(known), "current", "")
    answers = [client.get("/config", headers={HEADER: each}).status_code for each in given]
    assert answers == [200, 200, 403, 403, 403]


def test_clients_behind_the_proxy_are_counted_by_the_address_that_it_tells(required, monkeypatch):
    monkeypatch.setenv("IMGOPT_CLIENT_ADDRESS_HEADER", "Imgopt-Client-Address")
    monkeypatch.setenv("IMGOPT_RATE_DEVICE_CODE", "1")
    settings.cache_clear()

    def ask(address: str) -> int:
        headers = {HEADER: SECRET, "Imgopt-Client-Address": address, "X-Forwarded-For": "192.0.2.1"}
        return required.post("/mcp/auth/device-code", headers=headers).status_code

    answers = [ask("203.0.113.7"), ask("203.0.113.7"), ask("203.0.113.8")]
    assert answers[0] == answers[2] != 429
    assert answers[1] == 429


def test_header_of_addresses_without_a_secret_is_refused_as_the_service_starts():
    with pytest.raises(ValidationError, match="IMGOPT_CLIENT_ADDRESS_HEADER"):
        Settings(client_address_header="Imgopt-Client-Address")


def test_requests_are_answered_by_503_if_the_secret_can_not_be_read(client, monkeypatch):
    def fail(_: object) -> None:
        raise ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue")

    secrets.forget()
    monkeypatch.setattr(clients.secretsmanager(), "get_secret_value", lambda **_: fail(None))
    monkeypatch.setenv("IMGOPT_ORIGIN_SECRET_ARN", "arn")
    settings.cache_clear()
    assert client.get("/config").status_code == 503


@pytest.mark.parametrize("text", ["short", "with spaces with spaces with spaces", "é" * 40])
def test_weak_or_unsendable_secret_is_refused_as_the_service_starts(text):
    with pytest.raises(ValidationError):
        Settings(origin_secret=text)
