"""People with a browser each, and a device that asks one of them for approval."""

import pytest

from imgopt.settings import settings
from tests.direct_client import DirectClient
from tests.handlers.pages.browser import PAGE, Browser


@pytest.fixture(autouse=True)
def many_requests(environment, monkeypatch):
    for name in ("DEVICE_CODE", "TOKEN_POLL", "POLLS_BY_ADDRESS", "APPROVE"):
        monkeypatch.setenv(f"IMGOPT_RATE_{name}", "1000")
    settings.cache_clear()


@pytest.fixture
def browser(client, issuer) -> Browser:
    return Browser(client, issuer)


@pytest.fixture
def other_browser(client, issuer):
    return Browser(DirectClient(client.app, follow_redirects=False), issuer)


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
