from datetime import datetime, timedelta

import pytest

from imgopt.accounts import users
from imgopt.accounts.plans import Tier
from imgopt.billing.model import Entitlement
from imgopt.settings import settings
from imgopt.storage import table
from tests import pictures
from tests.entitlements import entitle
from tests.issuer import SUBJECT

UNKNOWN = "3f1f2c9e-0000-4000-8000-000000000000"


@pytest.fixture
def signed_in(issuer) -> dict[str, str]:
    return issuer.bearer()


@pytest.fixture
def create(client, signed_in):
    def send(name: str = "My site", headers: dict | None = None):
        return client.post("/api-keys", json={"name": name}, headers=headers or signed_in)

    return send


def using(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_a_key_is_shown_once_and_then_only_how_it_begins(client, create, signed_in):
    made = create().json()
    assert made["key"].startswith("tfy_live_")
    assert made["key"].startswith(made["prefix"])
    assert set(made) >= {"id", "name", "key", "prefix", "created_at"}
    listed = client.get("/api-keys", headers=signed_in).json()["api_keys"]
    assert listed == [{name: value for name, value in made.items() if name != "key"}]
    assert made["key"] not in str(listed)


def test_the_newest_key_is_listed_first(client, create, signed_in, clock_at):
    for minute, name in enumerate("abc"):
        clock_at(minutes=minute)
        create(name)
    assert [key["name"] for key in client.get("/api-keys", headers=signed_in).json()["api_keys"]] == ["c", "b", "a"]


def test_no_two_keys_are_the_same(create):
    made = [create().json() for _ in range(2)]
    assert made[0]["key"] != made[1]["key"]
    assert made[0]["id"] != made[1]["id"]


@pytest.mark.parametrize("name", ["", "   ", "n" * 101])
def test_a_key_has_a_name(create, name):
    assert create(name).status_code == 422


@pytest.mark.parametrize("name", ["a\0b", "a\nb", "\x1b[31mred", "\x7f", "\u202eneddih", "\u200b", "\u2028", "\ufeff"])
def test_a_name_is_one_line_that_can_be_seen(create, name):
    assert create(name).status_code == 422


@pytest.mark.parametrize("name", ["Büro", "имя", "名前", "اسم", "👨‍👩‍👧 family", "می‌خواهم", "a/b <c> \\"])
def test_a_name_may_be_in_any_language(create, name):
    assert create(name).json()["name"] == name


def test_no_cache_keeps_a_key(create):
    assert create().headers["cache-control"] == "no-store"


def test_a_key_does_what_its_user_may(client, create, signed_in):
    key = create().json()["key"]
    uploaded = client.post("/upload", files={"file": pictures.png()}, headers=using(key)).json()
    assert uploaded["session_token"] is None
    body = {"temp_file_ids": [uploaded["temp_file_id"]]}
    assert client.post("/auto", json=body, headers=signed_in).status_code == 200


def test_verifying_a_key_tells_tier_and_credits(client, create, issuer):
    key = create().json()["key"]
    answer = client.get("/api-keys/verify", headers=using(key))
    assert answer.json() == {"valid": True, "tier": "free", "credits_remaining": 50}
    entitle(users.user_id_of(issuer.url, SUBJECT), Entitlement(Tier.MAX))
    answer = client.get("/api-keys/verify", headers=using(key))
    assert answer.json() == {"valid": True, "tier": "max", "credits_remaining": 10_000}


def test_only_a_key_is_verified(client, signed_in):
    assert client.get("/api-keys/verify").status_code == 401
    assert client.get("/api-keys/verify", headers=signed_in).status_code == 401
    assert client.get("/api-keys/verify", headers=using("tfy_live_unknown")).status_code == 401


@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("GET", ""), ("DELETE", f"/{UNKNOWN}")])
def test_a_key_makes_lists_and_deletes_no_keys(client, create, method, path):
    headers = using(create().json()["key"])
    answer = client.request(
        method, f"/api-keys{path}", headers=headers, json={"name": "n"} if method == "POST" else None
    )
    assert (answer.status_code, answer.json()) == (401, {"detail": "Sign in to do this."})


def test_a_guest_has_no_keys(client, upload):
    headers = {"X-Session-Token": upload(pictures.png())["session_token"]}
    assert client.get("/api-keys", headers=headers).status_code == 401


def test_a_deleted_key_is_worth_nothing(client, create, signed_in):
    made = create().json()
    assert client.delete(f"/api-keys/{made['id']}", headers=signed_in).json() == {"success": True}
    assert client.get("/api-keys/verify", headers=using(made["key"])).status_code == 401
    assert client.get("/api-keys", headers=signed_in).json() == {"api_keys": []}


def test_a_key_is_deleted_once(client, create, signed_in):
    path = f"/api-keys/{create().json()['id']}"
    assert [client.delete(path, headers=signed_in).status_code for _ in range(2)] == [200, 404]


def test_keys_of_others_are_neither_listed_nor_deleted(client, create, issuer):
    made, other = create().json(), issuer.bearer(sub="someone else")
    assert client.delete(f"/api-keys/{made['id']}", headers=other).status_code == 404
    assert client.get("/api-keys", headers=other).json() == {"api_keys": []}
    assert client.get("/api-keys/verify", headers=using(made["key"])).status_code == 200


@pytest.mark.parametrize("key_id", ["x", "%00", UNKNOWN[:-1], f"{{{UNKNOWN}}}", "x" * 5000, UNKNOWN.upper(), UNKNOWN])
def test_invalid_key_ids_are_not_found(client, create, signed_in, key_id):
    create()
    assert client.delete(f"/api-keys/{key_id}", headers=signed_in).status_code == 404


def test_keys_are_limited_and_a_deleted_one_makes_room(client, create, signed_in, monkeypatch):
    monkeypatch.setenv("IMGOPT_API_KEYS_PER_USER", "2")
    settings.cache_clear()
    first, _, refused = create().json(), create(), create()
    assert refused.status_code == 409
    assert "2 API keys already" in refused.json()["detail"]
    client.delete(f"/api-keys/{first['id']}", headers=signed_in)
    assert create().status_code == 200
    assert create().status_code == 409


def test_users_have_limits_of_their_own(create, issuer, monkeypatch):
    monkeypatch.setenv("IMGOPT_API_KEYS_PER_USER", "1")
    settings.cache_clear()
    assert create().status_code == 200
    assert create(headers=issuer.bearer(sub="someone else")).status_code == 200


def test_a_deleted_key_leaves_nothing_behind(client, create, signed_in, stored):
    client.delete(f"/api-keys/{create().json()['id']}", headers=signed_in)
    assert stored()["items"] == ["USER"]
    assert next(table.scan("USER"))["api_keys"] == 0


def test_a_key_may_have_an_end(client, signed_in, clock_at):
    made = client.post("/api-keys", json={"name": "n", "expires_in_days": 30}, headers=signed_in).json()
    lasts = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
    assert lasts == timedelta(days=30)
    answered = []
    for time in ({"days": 29, "hours": 23}, {"days": 30, "minutes": 1}):
        clock_at(**time)
        answered.append(client.get("/api-keys/verify", headers=using(made["key"])).status_code)
    assert answered == [200, 401]
    (listed,) = client.get("/api-keys", headers=signed_in).json()["api_keys"]
    assert listed["expires_at"] == made["expires_at"]


def test_a_key_without_an_end_says_so(create):
    assert create().json()["expires_at"] is None


@pytest.mark.parametrize("days", [0, -1, 3651, "soon", 1.5, True])
def test_an_end_is_some_days_away(client, signed_in, days):
    body = {"name": "n", "expires_in_days": days}
    assert client.post("/api-keys", json=body, headers=signed_in).status_code == 422
