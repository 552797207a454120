"""The identity of a request's caller."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from imgopt import authentication, clock, derivation
from imgopt.accounts import api_keys, repository, users
from imgopt.accounts.model import Credential, Guest, User
from imgopt.accounts.plans import Tier
from imgopt.accounts.tokens import hash_token
from imgopt.billing.model import Entitlement, Subscription, SubscriptionStatus
from imgopt.devices import repository as device_store
from imgopt.devices import tokens
from imgopt.settings import settings
from imgopt.storage import attributes, table
from tests import pictures
from tests.entitlements import entitle
from tests.issuer import EMAIL, SUBJECT
from tests.stored_guests import add_guest

REFUSED = {"detail": "Invalid or expired credentials."}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
# One operation of each router that looks at who is asking.
ASKING = [
    ("POST", "/upload"),
    ("POST", "/auto"),
    ("GET", "/usage/summary"),
    ("GET", "/usage/history"),
    ("GET", "/billing/subscription"),
    ("GET", "/api-keys"),
    ("GET", "/api-keys/verify"),
    ("POST", "/mcp/auth/approve"),
    ("POST", "/mcp/auth/deny"),
    ("POST", "/mcp/auth/revoke"),
]


@pytest.fixture
def user(aws) -> User:
    return repository.add_user(User("user-1", EMAIL, clock.now()))


@pytest.fixture
def device_token(user) -> str:
    record, token = tokens.make_token(user.id)
    table.put(table.to_item(record, device_store.TOKEN, record.token_hash, record.expires_at))
    return token


@pytest.fixture
def api_key(user) -> str:
    return api_keys.create(user.id, "server")[1]


@pytest.fixture
def who(client):
    """Whom the credentials of a request stand for."""
    return lambda authorization=None, session=None: authentication.authenticate(session, authorization)


def subject_id(issuer) -> str:
    return users.user_id_of(issuer.url, SUBJECT)


def test_principal_is_none_without_credentials(who):
    assert who() is None


def test_a_guest_is_known_by_its_session_token(who, upload):
    guest = who(session=upload(pictures.png())["session_token"])
    assert (guest.tier, guest.credential, guest.is_guest) == (Tier.UNREGISTERED, Credential.SESSION, True)


def test_a_token_from_before_they_were_signed_is_known_until_its_end(who, monkeypatch):
    now = clock.now()
    add_guest(Guest("guest-1", hash_token("random"), now, now + timedelta(days=1)))
    assert who(session="random").id == "guest-1"
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1))
    assert who(session="random") is None


def test_a_token_that_was_changed_anywhere_is_no_guests(who, upload):
    name, ends, signature = upload(pictures.png())["session_token"].removeprefix("guest_").split("_")
    another, later = str(uuid4()), str(int(ends) + 1)
    for parts in ((another, ends, signature), (name, later, signature), (name, ends, signature[::-1])):
        assert who(session=f"guest_{'_'.join(parts)}") is None


def test_guests_are_known_while_the_secret_is_replaced_and_no_longer(who, upload, monkeypatch):
    monkeypatch.setenv("IMGOPT_SIGNING_SECRET", "first")
    settings.cache_clear()
    token = upload(pictures.png())["session_token"]
    for lines, is_known in (("first", True), ("second\nfirst", True), ("second", False)):
        monkeypatch.setenv("IMGOPT_SIGNING_SECRET", lines)
        settings.cache_clear()
        assert (who(session=token) is not None) == is_known


def test_a_guest_is_known_by_a_secret_that_was_replaced_since_it_was_read(who, upload, monkeypatch):
    """Another process has read it, and signed by it."""
    monkeypatch.delenv("IMGOPT_SIGNING_SECRET")
    settings.cache_clear()
    known = iter(("old", "new"))
    monkeypatch.setattr(derivation.secrets, "read", lambda _: "new")
    monkeypatch.setattr(derivation.secrets, "renew", lambda _: next(known))
    token = upload(pictures.png())["session_token"]
    monkeypatch.setattr(derivation.secrets, "read", lambda _: "old")
    assert [who(session=token) is not None for _ in range(2)] == [False, True]


def test_a_guest_that_was_found_expires(who, upload, monkeypatch):
    token = upload(pictures.png())["session_token"]
    assert who(session=token)
    late = clock.now() + timedelta(seconds=settings().guest_lifetime)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert who(session=token) is None


def test_a_user_is_known_by_the_issuers_token(who, issuer):
    user = who(f"Bearer {issuer.token()}")
    assert (user.id, user.tier, user.credential) == (subject_id(issuer), Tier.FREE, Credential.JWT)
    assert user.email == EMAIL


def test_a_user_is_known_by_a_devices_token(who, user, device_token):
    found = who(f"Bearer {device_token}")
    assert (found.id, found.credential, found.email) == (user.id, Credential.DEVICE, EMAIL)


def test_a_user_is_known_by_an_api_key(who, user, api_key):
    found = who(f"bearer {api_key}")
    assert (found.id, found.credential, found.email) == (user.id, Credential.API_KEY, EMAIL)


@pytest.mark.parametrize(("method", "path"), ASKING)
@pytest.mark.parametrize(
    "given", ["Bearer x", "Bearer mcp_x", "Bearer tfy_live_x", "Bearer eyJx", "Basic YTpi", "Bearer", "Bearer  "]
)
def test_a_credential_that_proves_nothing_is_refused(client, issuer, method, path, given):
    body = (
        {"files": {"file": b"x"}}
        if path == "/upload"
        else {"json": {"temp_file_ids": ["x"]}}
        if method == "POST"
        else {}
    )
    answer = client.request(method, path, headers={"Authorization": given}, **body)
    assert (answer.status_code, answer.json()) == (401, REFUSED)
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "given",
    [
        b" ",
        b"bearer  mcp_x",
        b"BEARER\tmcp_x",
        b"Bearer mcp_\xe9",
        b"Bearer mcp_\x00",
        b"Bearer eyJ\xff.a.b",
        b"Bearer mcp_" + b"x" * 10_000,
        b"Bearer eyJ" + b"." * 10_000,
        b"Bearer eyJ" + b"W1tb" * 10_000 + b".e30.AA",
    ],
)
def test_malformed_credentials_are_answered(client, issuer, given):
    """Bytes that are no text, too: as a user's credential or a guest's."""
    answer = client.get("/usage/summary", headers=[(b"authorization", given)])
    assert (answer.status_code, answer.json()) == (401, REFUSED)
    assert client.get("/usage/summary", headers=[(b"x-session-token", given)]).status_code == 401
    assert client.get("/mcp/auth/status", headers=[(b"authorization", given)]).json()["logged_in"] is False


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER   "])
def test_the_scheme_may_be_written_otherwise(who, api_key, scheme):
    assert who(f"{scheme}{api_key}").credential is Credential.API_KEY


def test_a_credential_of_a_user_counts_before_a_guests(client, upload):
    session = upload(pictures.png())["session_token"]
    headers = {"X-Session-Token": session, "Authorization": "Bearer mcp_x"}
    assert client.post("/auto", json={"temp_file_ids": ["x"]}, headers=headers).status_code == 401


def test_a_user_is_made_once(who, issuer, stored):
    who(f"Bearer {issuer.token()}")
    first = repository.find_user(subject_id(issuer))
    who(f"Bearer {issuer.token()}")
    assert repository.find_user(subject_id(issuer)) == first
    assert stored()["items"].count("USER") == 1


def test_concurrent_first_sign_ins_get_the_same_user(user):
    assert repository.add_user(User(user.id, "other@example.com", clock.now())) == user


def test_a_new_address_is_taken_over(who, issuer):
    who(f"Bearer {issuer.token()}")
    assert who(f"Bearer {issuer.token(email='new@example.com')}").email == "new@example.com"
    assert repository.find_user(subject_id(issuer)).email == "new@example.com"


@pytest.mark.parametrize("other", [{"email_verified": False}, {"email": None}])
def test_an_address_that_nobody_vouches_for_is_not(who, issuer, other):
    who(f"Bearer {issuer.token()}")
    who(f"Bearer {issuer.token(**{'email': 'new@example.com', **other})}")
    assert repository.find_user(subject_id(issuer)).email == EMAIL


def test_the_tier_is_that_of_this_moment(who, api_key, user):
    end = NOON + timedelta(days=30)
    subscription = Subscription("sub_1", SubscriptionStatus.ACTIVE, "price_pro", NOON, NOON, end)
    entitle(user.id, Entitlement(Tier.PRO, None, subscription))
    found = who(f"Bearer {api_key}")
    assert (found.tier, found.period_start, found.period_end) == (Tier.PRO, NOON, end)
    entitle(user.id, Entitlement())
    assert who(f"Bearer {api_key}").tier is Tier.FREE


def test_a_tier_that_is_over_is_free(who, api_key, user):
    ended = {"tier": "pro", "tier_until": clock.now().isoformat(), "period_start": NOON.isoformat()}
    table.put({**table.key("USER", user.id), **attributes.plain(user), **ended})
    found = who(f"Bearer {api_key}")
    assert (found.tier, found.period_start) == (Tier.FREE, None)


def test_a_devices_token_is_valid_for_so_long(who, device_token, clock_at):
    for day in range(80, 365, 71):
        clock_at(days=day)
        assert who(f"Bearer {device_token}")
    clock_at(days=365)
    with pytest.raises(authentication.Unauthorized):
        who(f"Bearer {device_token}")


@pytest.mark.parametrize("days", [0, 40])
def test_a_devices_token_ends_where_nobody_uses_it(who, device_token, clock_at, days):
    clock_at(days=days)
    who(f"Bearer {device_token}")
    clock_at(days=days + 91)
    with pytest.raises(authentication.Unauthorized):
        who(f"Bearer {device_token}")
    assert tokens.find_all("user-1") == []


@pytest.mark.parametrize("kind", ["device_token", "api_key"])
def test_credentials_of_a_removed_user_are_refused(who, user, request, kind):
    given = request.getfixturevalue(kind)
    table.delete(table.key("USER", user.id))
    with pytest.raises(authentication.Unauthorized):
        who(f"Bearer {given}")


@pytest.mark.parametrize("kind", ["device_token", "api_key"])
def test_the_last_use_is_noted_once_an_hour(who, request, clock_at, kind):
    given = request.getfixturevalue(kind)
    item_key = table.key("DEVICE_TOKEN" if kind == "device_token" else "API_KEY", hash_token(given))
    noted = []
    for minutes in (0, 59, 61):
        clock_at(minutes=minutes)
        who(f"Bearer {given}")
        noted.append(table.get(item_key)["last_used_at"])
    assert noted[0] == noted[1] < noted[2]


def test_secrets_are_stored_as_hashes_alone(who, issuer, upload, device_token, api_key):
    session, jwt = upload(pictures.png())["session_token"], issuer.token()
    for given in (device_token, api_key, jwt):
        who(f"Bearer {given}")
    everything = str([*map(str, scan())])
    assert not [secret for secret in (session, jwt, device_token, api_key) if secret in everything]


def scan() -> list[dict]:
    kinds = ("GUEST", "USER", "USER_KEYS", "API_KEY", "DEVICE_TOKEN")
    return [item for kind in kinds for item in table.scan(kind)]


def test_log_lines_have_the_users_id_alone(client, issuer, log_lines):
    token = issuer.token()
    client.get("/usage/summary", headers={"Authorization": f"Bearer {token}"}).raise_for_status()
    assert log_lines()[-1]["owner"] == subject_id(issuer)
    assert not [private for private in (token, EMAIL, SUBJECT) if private in str(log_lines())]


def test_an_issuer_that_does_not_answer_is_worth_another_try(client, issuer):
    issuer.is_down = True
    assert client.get("/usage/summary", headers=issuer.bearer()).status_code == 503


@pytest.mark.parametrize(
    ("other", "is_taken"),
    [
        ({"scope": "openid images"}, True),
        ({"scp": ["images"]}, True),
        ({"scope": "openid imagess"}, False),
        ({"scope": ["images"], "scp": "other"}, True),
        ({"scope": 7}, False),
        ({}, False),
    ],
)
def test_a_scope_may_be_required(client, issuer, monkeypatch, other, is_taken):
    monkeypatch.setenv("IMGOPT_OIDC_SCOPE", "images")
    settings.cache_clear()
    status = client.get("/usage/summary", headers=issuer.bearer(**other)).status_code
    assert status == (200 if is_taken else 401)
