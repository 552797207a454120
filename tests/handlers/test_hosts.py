"""Foreign host names that lead to this service, and requests of other websites' pages."""

import pytest

from functions.api.app import build_app
from imgopt.settings import settings
from tests import pictures
from tests.direct_client import DirectClient

OWN, SITE, OTHER = "http://127.0.0.1:8080", "https://shop.example", "https://evil.example"
STRANGE = ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "[::1", "", "a@localhost@b"]
NAMES = "127.0.0.1,localhost,img.example,::1"


@pytest.fixture
def local(aws, monkeypatch):
    """The service as `make up` starts it."""
    monkeypatch.setenv("IMGOPT_ALLOWED_HOSTS", NAMES)
    monkeypatch.setenv("IMGOPT_CORS_ORIGINS", f"{OWN},http://localhost:8080,{SITE}")
    settings.cache_clear()
    return DirectClient(build_app(), base_url=OWN, raise_server_exceptions=False)


@pytest.mark.parametrize("path", ["/health", "/docs", "/mcp/authorize", "/status/x/stream", "/nowhere"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "[::1", "", "a@localhost@b"]
)
def test_a_name_of_somebody_else_leads_nowhere(local, path, host):
    answer = local.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert "IMGOPT_ALLOWED_HOSTS" in answer.json()["detail"]


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "LOCALHOST:9", "localhost", "img.example", "[::1]:8080"])
def test_the_names_that_are_set_lead_here(local, host):
    assert local.get("/health", headers={"Host": host}).status_code == 200


def test_a_second_name_is_looked_at_too(local):
    headers = [("Host", "127.0.0.1:8080"), ("Host", "evil.example")]
    assert local.get("/health", headers=headers).status_code == 421


def test_hosts_are_all_accepted_unless_configured(client):
    assert client.get("/health", headers={"Host": "anything.example"}).status_code == 200


@pytest.mark.parametrize("origin", [OTHER, "null", "http://127.0.0.1:9999", "https://127.0.0.1.evil.example", ""])
def test_pages_of_others_change_nothing(local, stored, origin):
    before = stored()
    sent = local.post("/upload", files={"file": pictures.png()}, headers={"Origin": origin})
    assert (sent.status_code, stored()) == (403, before)
    assert "access-control-allow-origin" not in sent.headers
    assert "access-control-allow-origin" not in local.get("/health", headers={"Origin": origin}).headers


@pytest.mark.parametrize("origin", [OWN, "http://localhost:8080", SITE])
def test_pages_that_are_set_may_ask(local, origin):
    answer = local.post("/upload", files={"file": pictures.png()}, headers={"Origin": origin})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, origin)


def test_a_page_may_ask_where_it_came_from(local):
    """The page may also use a name that a proxy has for the service."""
    sent = {"Host": "img.example", "Origin": "https://img.example"}
    assert local.post("/upload", files={"file": pictures.png()}, headers=sent).status_code == 200


def test_a_page_of_the_public_url_may_ask_by_whatever_name_a_proxy_uses(local, monkeypatch):
    monkeypatch.setenv("IMGOPT_PUBLIC_URL", "https://img.example/api")
    settings.cache_clear()
    sent = local.post("/upload", files={"file": pictures.png()}, headers={"Origin": "https://img.example"})
    assert sent.status_code == 200


@pytest.mark.parametrize(("origin", "status"), [(OWN, 200), (OTHER, 400)])
def test_preflights_are_answered(local, origin, status):
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = local.options("/auto", headers=headers)
    assert answer.status_code == status
    assert answer.headers.get("access-control-allow-origin") == (OWN if status == 200 else None)


def test_origins_are_all_accepted_unless_configured(client):
    assert client.post("/upload", files={"file": pictures.png()}, headers={"Origin": OTHER}).status_code == 200
