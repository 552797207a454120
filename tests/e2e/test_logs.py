"""No log contains private data, whatever happens to a request."""

import httpx2
import pytest

from imgopt import clock
from imgopt.accounts import api_keys, repository
from imgopt.accounts.model import User
from imgopt.devices import service as devices
from tests import pictures
from tests.e2e.conftest import wait_for_end
from tests.e2e.logs import PRIVATE, find_private, read_logs

EMAIL, FILENAME = "lovelace@example.org", "Ada with her doctor.png"
SECRETS = (
    "mcp_0123456789abcdefghij",
    "tfy_live_0123456789",
    "eyJhbGciOiJSUzI1NiJ9.e30.x",
    "TINI-7X4K-M2P9",
    EMAIL,
    "https://bucket/key?X-Amz-Signature=00",
    "t=1,v1=00ff",
    "authorization: bearer whatever",
)


@pytest.fixture
def user(storage: None, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setenv("IMGOPT_OIDC_ISSUER", "https://issuer.example")
    devices.settings.cache_clear()
    return repository.add_user(User("user-of-logs", EMAIL, clock.now()))


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_known_by_its_form(secret):
    assert PRIVATE.search(f'{{"message":"{secret}"}}')


def be_a_guest(client: httpx2.Client, website) -> list[str]:
    """Everything that is private of an upload, a job, its callback and its result."""
    upload = client.post("/upload", files={"file": (FILENAME, pictures.png())}).raise_for_status().json()
    headers = {"X-Session-Token": upload["session_token"]}
    body = {
        "temp_file_ids": [upload["temp_file_id"]],
        "settings": {"callback_url": f"http://{website.host}/told?key=of-the-shop"},
    }
    answer = client.post("/auto", json=body, headers=headers).raise_for_status().json()
    job_id = answer["jobs"][0]["id"]
    wait_for_end(client, job_id)
    signed = client.get(f"/download/{job_id}/url").raise_for_status().json()["url"]
    client.get(f"/download/{job_id}").raise_for_status()
    client.delete(f"/jobs/{job_id}", headers=headers).raise_for_status()
    secrets = [upload["session_token"], answer["callback_secret"], signed, "of-the-shop"]
    return [*secrets, FILENAME, FILENAME.split(".", maxsplit=1)[0], signed.partition("?")[2]]


def be_a_user(client: httpx2.Client, user: User) -> list[str]:
    """The same of a device, its code and its token, and of an API key."""
    grant = client.post("/mcp/auth/device-code").raise_for_status().json()
    devices.approve(grant["user_code"], user.id)
    params = {"device_code": grant["device_code"]}
    token = client.get("/mcp/auth/token", params=params).raise_for_status().json()["mcp_token"]
    key = api_keys.create(user.id, "Ada's server")[1]
    for bearer in (token, key, "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.e30.AAAA"):
        for method, path in (("GET", "/usage/summary"), ("GET", "/api-keys/verify"), ("POST", "/mcp/auth/revoke")):
            client.request(method, path, headers={"Authorization": f"Bearer {bearer}"})
    return [grant["device_code"], grant["user_code"], token, key, EMAIL, "Ada's server"]


def test_logs_have_nothing_private(client, cloud, website, user):
    private = [*be_a_guest(client, website), *be_a_user(client, user)]
    logged = read_logs(cloud)
    assert "job accepted" in "".join(logged.values())
    assert find_private(cloud, *private) == []
