"""The audit trail: each event has its line, and no line has private data."""

import pytest
from fastapi.testclient import TestClient

from imgopt import audit, clock
from imgopt.accounts import access, repository, users
from imgopt.audit import AuditEvent
from imgopt.errors import Unavailable
from imgopt.retention import account_deletion
from imgopt.storage import secrets
from tests.billing.billing_setup import USER_ID, become_customer, deliver, set_up_billing, sign_up
from tests.direct_client import DirectClient
from tests.handlers.pages.browser import PAGE, SIGN_OUT, Browser
from tests.issuer import EMAIL, SUBJECT

ADDRESS, BROWSER = "192.0.2.77", "Firefox/1 secret-of-the-browser"
SENT = {"Origin": "http://testserver"}


@pytest.fixture
def here(client) -> TestClient:
    headers = {"User-Agent": BROWSER}
    return DirectClient(client.app, client=(ADDRESS, 1), follow_redirects=False, headers=headers)


@pytest.fixture
def user_id(issuer) -> str:
    return users.user_id_of(issuer.url, SUBJECT)


@pytest.fixture
def events(log_lines):
    """Returns the audit events in order: the event, its owner, and whether the client's address is known."""

    def read() -> list[tuple[str, str | None, bool]]:
        lines = [line for line in log_lines() if line["message"] == audit.MESSAGE]
        return [(line["event"], line.get("owner"), line.get("client") is not None) for line in lines]

    return read


def test_signing_in_and_out_is_noted(here, issuer, user_id, events):
    browser = Browser(here, issuer)
    browser.sign_in()
    browser.submit(browser.open(PAGE), SIGN_OUT)
    assert events() == [(AuditEvent.SIGNED_IN, user_id, True), (AuditEvent.SIGNED_OUT, user_id, True)]


@pytest.mark.parametrize("bearer", ["mcp_invented", "tfy_live_invented", "eyJinvented", "nonsense"])
def test_a_credential_that_is_refused_is_noted(here, issuer, events, log_lines, bearer):
    here.get("/usage/summary", headers={"Authorization": f"Bearer {bearer}"})
    here.post("/auto", json={"temp_file_ids": ["x"]}, headers={"Authorization": f"Bearer {bearer}"})
    assert events() == [(AuditEvent.REFUSED, None, True)] * 2
    assert bearer not in str(log_lines())


def test_keys_that_are_made_and_revoked_are_noted(here, issuer, user_id, events, log_lines):
    made = here.post("/api-keys", json={"name": "of the shop"}, headers=issuer.bearer()).json()
    here.delete(f"/api-keys/{made['id']}", headers=issuer.bearer())
    assert events() == [(AuditEvent.KEY_MADE, user_id, True), (AuditEvent.KEY_REVOKED, user_id, True)]
    assert not [each for each in (made["key"], made["prefix"], "of the shop") if each in str(log_lines())]


@pytest.mark.parametrize(
    ("path", "event"), [("approve", AuditEvent.DEVICE_APPROVED), ("deny", AuditEvent.DEVICE_DENIED)]
)
def test_decisions_on_devices_are_recorded(  # noqa: PLR0913, PLR0917 - a row of a table
    here, issuer, user_id, events, path, event
):
    code = here.post("/mcp/auth/device-code").json()["user_code"]
    for _ in range(2):
        here.post(f"/mcp/auth/{path}", json={"user_code": code}, headers=issuer.bearer())
    assert events() == [(event, user_id, True)]


def test_a_callback_secret_that_changes_is_noted_and_not_told(here, issuer, user_id, events, log_lines):
    made = [here.post("/callback-secret/change", headers=issuer.bearer()).json()["callback_secret"] for _ in range(2)]
    assert events() == [(AuditEvent.CALLBACKS_CHANGED, user_id, True)]
    assert made[0] not in str(log_lines())


def test_a_device_that_logs_out_is_noted(here, issuer, user_id, events):
    grant = here.post("/mcp/auth/device-code").json()
    here.post("/mcp/auth/approve", json={"user_code": grant["user_code"]}, headers=issuer.bearer())
    token = here.get("/mcp/auth/token", params={"device_code": grant["device_code"]}).json()["mcp_token"]
    here.post("/mcp/auth/revoke", headers={"Authorization": f"Bearer {token}"})
    assert [event for event, _, _ in events()] == [AuditEvent.DEVICE_APPROVED, AuditEvent.DEVICE_ENDED]


def test_a_plan_that_changes_is_noted_once(client, monkeypatch, events, log_lines):
    with set_up_billing(monkeypatch) as stripe:
        sign_up()
        stripe.world.subscribe(become_customer(stripe), "price_pro")
        deliver(*stripe.world.events)
    assert events() == [(AuditEvent.PLAN_CHANGED, USER_ID, False)]
    assert "pro" in [line.get("tier") for line in log_lines() if line["message"] == audit.MESSAGE]


def test_an_operator_who_shuts_out_and_lets_in_is_noted(client, user_id, events):
    repository.add_user(users.User(user_id, EMAIL, clock.now()))
    for change in (access.block_user, access.block_user, access.unblock_user):
        change(user_id)
    assert events() == [(AuditEvent.USER_BLOCKED, user_id, False), (AuditEvent.USER_UNBLOCKED, user_id, False)]


def test_an_account_that_is_deleted_is_noted_at_its_beginning_and_its_end(here, issuer, user_id, events, clock_at):
    here.delete("/account", headers=issuer.bearer())
    clock_at(minutes=61)
    account_deletion.continue_deletion(lambda: False)
    assert events() == [(AuditEvent.DELETION_BEGUN, user_id, True), (AuditEvent.DELETED, user_id, False)]


def test_the_same_address_has_the_same_hash_and_another_another(client, issuer, log_lines):
    for address in (ADDRESS, ADDRESS, "192.0.2.78"):
        DirectClient(client.app, client=(address, 1)).get("/usage/summary", headers={"Authorization": "Bearer x"})
    first, second, other = [line["client"] for line in log_lines() if line["message"] == audit.MESSAGE]
    assert first == second != other


def test_address_hashes_differ_between_installations(client, issuer, log_lines, monkeypatch):
    for secret in ("one", "two"):
        monkeypatch.setenv("IMGOPT_SIGNING_SECRET", secret)
        audit.derivation.settings.cache_clear()
        DirectClient(client.app, client=(ADDRESS, 1)).get("/usage/summary", headers={"Authorization": "Bearer x"})
    first, second = [line["client"] for line in log_lines() if line["message"] == audit.MESSAGE]
    assert first != second


def test_event_is_recorded_even_without_the_secret(here, issuer, events, monkeypatch):
    def fail(_: str) -> str:
        raise Unavailable("Secrets Manager did not answer.")

    monkeypatch.setenv("IMGOPT_SIGNING_SECRET", "")
    audit.derivation.settings.cache_clear()
    monkeypatch.setattr(secrets, "read", fail)
    assert here.get("/usage/summary", headers={"Authorization": "Bearer x"}).status_code == 401
    assert events() == [(AuditEvent.REFUSED, None, False)]


def test_no_line_has_what_must_not_be_logged(here, issuer, log_lines):
    browser = Browser(here, issuer)
    browser.sign_in()
    page = browser.open("/mcp/account")
    made = browser.submit(page, "/mcp/account", action="create-key", value="of the shop")
    assert made.status_code == 200
    browser.submit(browser.open("/mcp/account"), "/mcp/account", action="delete-account", value="yes")
    assert {AuditEvent.SIGNED_IN, AuditEvent.KEY_MADE, AuditEvent.DELETION_BEGUN} <= {
        line.get("event") for line in log_lines()
    }
    private = (ADDRESS, EMAIL, SUBJECT, BROWSER, "of the shop", here.cookies["imgopt-session"])
    assert not [each for each in private if each in str(log_lines())]
