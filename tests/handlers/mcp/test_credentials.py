"""Who may use `/mcp`, and how clients find out where to sign in."""

import pytest

from tests import pictures
from tests.handlers.mcp.messages import NEWEST

METADATA = "http://testserver/.well-known/oauth-protected-resource/mcp"


def test_an_api_key_is_taken(client, call, issuer, works_at_once):
    key = client.post("/api-keys", json={"name": "mcp"}, headers=issuer.bearer()).json()["key"]
    bearer = {"Authorization": f"Bearer {key}"}
    uploaded = client.post("/upload", files={"file": ("a.png", pictures.png())}, headers=bearer).json()
    assert call("optimize_image", sent=bearer, temp_file_id=uploaded["temp_file_id"])["structuredContent"]
    report = call("account_status", sent=bearer)["structuredContent"]
    assert (report["tier"], report["credential"], report["credits_remaining"]) == ("free", "api_key", 47)


def test_a_token_of_the_issuer_is_taken(call, issuer):
    report = call("account_status", sent=issuer.bearer())["structuredContent"]
    assert (report["is_guest"], report["credential"]) == (False, "jwt")


@pytest.mark.parametrize("wrong", ["Bearer tfy_live_invented", "Bearer eyJinvented", "Basic YTpi"])
def test_a_wrong_credential_is_refused_with_where_to_sign_in(send, issuer, wrong):
    answer = send("tools/list", sent={"Authorization": wrong})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == f'Bearer error="invalid_token", resource_metadata="{METADATA}"'


def test_a_caller_without_credential_has_to_sign_in_where_guests_are_not_allowed(send, issuer, configured):
    configured(mcp_guests=False)
    answer = send("tools/list")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, f'Bearer resource_metadata="{METADATA}"')


def test_guests_without_credits_are_not_allowed(send, configured):
    configured(credits_unregistered=0)
    answer = send("tools/list")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_a_caller_without_credential_has_to_sign_in_where_jobs_are_private(send, issuer, uploaded, configured):
    configured(private_jobs=True)
    assert send("tools/list").status_code == 401
    assert send("tools/list", sent=uploaded[1]).status_code == 200


def test_an_issuer_that_clients_can_not_find_is_not_named(client, send, issuer, configured):
    configured(oidc_discovery_url=f"{issuer.url}/elsewhere")
    assert client.get("/.well-known/oauth-protected-resource/mcp").status_code == 404
    refused = send("tools/list", sent={"Authorization": "Bearer tfy_live_invented"})
    assert refused.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_a_key_is_refused_from_when_it_is_deleted(client, send, issuer):
    key = client.post("/api-keys", json={"name": "mcp"}, headers=issuer.bearer()).json()
    bearer = {"Authorization": f"Bearer {key['key']}"}
    assert send("tools/list", sent=bearer).status_code == 200
    client.delete(f"/api-keys/{key['id']}", headers=issuer.bearer()).raise_for_status()
    assert send("tools/list", sent=bearer).status_code == 401


@pytest.mark.parametrize("path", ["/mcp", ""])
def test_the_issuer_is_named_where_clients_look_for_it(client, issuer, path):
    found = client.get(f"/.well-known/oauth-protected-resource{path}")
    assert found.json() == {
        "resource": "http://testserver/mcp",
        "authorization_servers": [issuer.url],
        "bearer_methods_supported": ["header"],
    }


def test_the_scope_that_tokens_must_have_is_named(client, issuer, configured):
    configured(oidc_scope="images", public_url="https://img.example/v1")
    found = client.get("/.well-known/oauth-protected-resource/mcp").json()
    assert (found["resource"], found["scopes_supported"]) == ("https://img.example/v1/mcp", ["images"])


def test_no_issuer_is_named_where_users_can_not_sign_in(client):
    assert client.get("/.well-known/oauth-protected-resource").status_code == 404


def test_pages_of_other_websites_are_refused_where_they_are_not_listed(client, configured):
    configured(cors_origins="https://ours.example")
    from functions.api.hosts import ORIGIN_NOT_ALLOWED

    headers = {"Origin": "https://evil.example", "MCP-Protocol-Version": NEWEST}
    answer = client.post("/mcp", json={}, headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (403, ORIGIN_NOT_ALLOWED)
