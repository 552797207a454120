import pytest

from functions.api.app import build_app
from imgopt.settings import settings
from tests import pictures
from tests.direct_client import DirectClient

SITE = "https://shop.example"


def preflight(client, path: str, method: str = "POST", origin: str = SITE):
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    return client.options(path, headers={**asked, "Access-Control-Request-Headers": "X-Session-Token"})


@pytest.mark.parametrize("path", ["/upload", "/upload/url", "/auto", "/status", "/mcp/auth/status", "/nowhere"])
def test_origins_are_all_allowed_by_default_and_preflights_are_cached(client, path):
    answer = preflight(client, path)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert int(answer.headers["access-control-max-age"]) == 7200
    assert "x-session-token" in answer.headers["access-control-allow-headers"].lower()


def test_scripts_may_see_the_headers_that_they_need(client, upload):
    answer = client.post("/upload", files={"file": pictures.png()}, headers={"Origin": SITE})
    assert answer.headers["access-control-allow-origin"] == "*"
    shown = answer.headers["access-control-expose-headers"]
    assert {"Content-Disposition", "ETag", "Retry-After"} <= set(shown.split(", "))


@pytest.mark.parametrize("path", ["/status/unknown", "/nowhere"])
def test_errors_can_be_read_too(client, path):
    assert client.get(path, headers={"Origin": SITE}).headers["access-control-allow-origin"] == "*"


def test_unexpected_errors_can_be_read_too(client, monkeypatch):
    monkeypatch.setattr("imgopt.jobs.repository.find_all", lambda _: 1 / 0)
    answer = client.get("/status/3f1f2c9e-0000-4000-8000-000000000000", headers={"Origin": SITE})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (500, "*")


def test_origins_are_limited_to_the_configured_ones(environment, monkeypatch):
    monkeypatch.setenv("IMGOPT_CORS_ORIGINS", f"{SITE},https://other.example")
    settings.cache_clear()
    client = DirectClient(build_app())
    assert preflight(client, "/auto").headers["access-control-allow-origin"] == SITE
    refused = preflight(client, "/auto", origin="https://evil.example")
    assert refused.status_code == 400
    assert "access-control-allow-origin" not in refused.headers


def test_a_plain_options_request_tells_the_methods(client):
    assert client.options("/upload").headers["allow"] == "POST, OPTIONS"
