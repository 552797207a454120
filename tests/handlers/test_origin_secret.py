"""What a proxy in front adds to each request, and whoever goes around it does not know."""

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
