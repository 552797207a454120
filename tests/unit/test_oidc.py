"""The tokens of an issuer that are accepted."""

import base64
import hmac
import json
import time
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from imgopt import clock
from imgopt.accounts import oidc
from imgopt.accounts.users import user_id_of
from imgopt.errors import Unauthorized, Unavailable
from imgopt.settings import settings
from tests.issuer import CLIENT, EC_KEY, EMAIL, RSA_KEYS, SUBJECT, Key

MINUTE = timedelta(minutes=1)
KEYS = "/keys"


@pytest.fixture
def verify(issuer):
    return lambda token: oidc.verify(token, issuer=issuer.url, audience=CLIENT)


@pytest.fixture
def refuse(verify):
    def check(token: str) -> bool:
        with pytest.raises(Unauthorized, match="Invalid or expired credentials"):
            verify(token)
        return True

    return check


@pytest.fixture
def later(monkeypatch):
    """Sets the clock forward, from when the test began."""
    began = clock.now()
    return lambda seconds: monkeypatch.setattr(clock, "now", lambda: began + timedelta(seconds=seconds))


def by_now(claims: dict) -> dict:
    """Times are given from the test's own moment on."""
    now = time.time()
    return {
        name: int(now + value.total_seconds()) if isinstance(value, timedelta) else value
        for name, value in claims.items()
    }


def unsigned(claims: dict, header: dict) -> str:
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in (header, claims)
    )


@pytest.mark.parametrize("n", [0, 1], ids=["RS256", "ES256"])
def test_a_token_by_a_published_key_says_who_someone_is(issuer, verify, n):
    claims = verify(issuer.token(issuer.keys[n]))
    assert (claims["sub"], claims["email"]) == (SUBJECT, EMAIL)


@pytest.mark.parametrize(
    "other",
    [
        {"aud": "someone else"},
        {"aud": None},
        {"aud": []},
        {"aud": [[CLIENT]]},
        {"aud": {CLIENT: True}},
        {"aud": None, "client_id": CLIENT},
        {"iss": "https://another.example"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "\ud800"},
        {"exp": None},
        {"exp": -MINUTE},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"exp": "tomorrow"},
        {"exp": [4102444800]},
        {"iat": 2 * MINUTE},
        {"iat": float("inf")},
        {"nbf": 2 * MINUTE},
        {"token_use": "refresh"},
        {"token_use": "access", "aud": None, "client_id": "someone else"},
        {"token_use": "access", "aud": "someone else", "client_id": CLIENT},
    ],
)
def test_a_token_that_is_not_for_us_here_and_now_is_refused(issuer, refuse, other):
    assert refuse(issuer.token(**by_now(other)))


@pytest.mark.parametrize(
    "other",
    [
        {"aud": ["someone else", CLIENT]},
        {"exp": timedelta(seconds=-10)},
        {"token_use": "id"},
        {"token_use": "access", "aud": None, "client_id": CLIENT},
        {"token_use": "access"},
    ],
)
def test_tokens_of_different_issuers_are_accepted(issuer, verify, other):
    assert verify(issuer.token(**by_now(other)))["sub"] == SUBJECT


def test_a_token_without_a_signature_is_refused(issuer, refuse):
    for algorithm in ("none", "None", "RS256"):
        assert refuse(f"{unsigned(issuer.claims(), {'alg': algorithm, 'kid': 'one', 'typ': 'JWT'})}.")


def test_a_published_key_is_no_shared_secret(issuer, refuse):
    """HMAC by the bytes of a public key, which everyone has."""
    public = RSA_KEYS[0].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = unsigned(issuer.claims(), {"alg": "HS256", "kid": "one", "typ": "JWT"})
    signature = base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256")).decode().rstrip("=")
    assert refuse(f"{signed}.{signature}")


def test_a_signature_by_another_key_is_refused(issuer, refuse):
    assert refuse(issuer.token(Key("one", RSA_KEYS[1])))


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_other_algorithms_are_refused(issuer, refuse, algorithm):
    issuer.keys = [Key("other", RSA_KEYS[0], algorithm)]
    assert refuse(issuer.token())


def test_the_algorithm_must_be_that_of_the_key(issuer, refuse):
    assert refuse(issuer.token(Key("one", EC_KEY, "ES256")))
    assert refuse(issuer.token(Key("ec", RSA_KEYS[0], "RS256")))


@pytest.mark.parametrize("header", [{"kid": None}, {"kid": 1}, {"kid": "unknown"}, {"typ": "logout+jwt"}])
def test_the_header_must_name_a_key_and_a_kind(issuer, refuse, header):
    token = issuer.token()
    signed = {"alg": "RS256", "kid": "one", "typ": "JWT", **header}
    assert refuse(".".join([unsigned({}, signed).split(".")[0], *token.split(".")[1:]]))


@pytest.mark.parametrize("kind", ["jwt", "at+jwt", "application/at+jwt"])
def test_kinds_that_say_who_someone_is(issuer, verify, kind):
    """RFC 9068, 4, has access tokens name theirs in either way."""
    assert verify(issuer.token(header={"typ": kind}))["sub"] == SUBJECT


def test_a_logout_token_is_no_login(issuer, refuse):
    assert refuse(issuer.token(header={"typ": "logout+jwt"}))


@pytest.mark.parametrize(
    ("other", "is_taken"),
    [
        ({}, True),
        ({"token_use": "access"}, True),
        ({"token_use": "access", "aud": None, "client_id": CLIENT}, True),
        ({"token_use": "id"}, False),
        ({"token_use": None, "nonce": "n"}, False),
        ({"at_hash": "h"}, False),
        ({"c_hash": "h"}, False),
        ({"aud": [CLIENT, "userinfo"], "azp": "a website's client"}, True),
    ],
)
def test_access_tokens_alone_are_accepted_at_the_api(issuer, other, is_taken):
    """ID tokens of websites are not, where they can be told apart."""
    token = issuer.token(**other)
    if is_taken:
        assert oidc.verify_access(token, issuer=issuer.url, audience=CLIENT)["sub"] == SUBJECT
        return
    with pytest.raises(Unauthorized):
        oidc.verify_access(token, issuer=issuer.url, audience=CLIENT)


@pytest.mark.parametrize(
    ("other", "is_taken"),
    [
        ({"azp": CLIENT}, True),
        ({"aud": [CLIENT, "another"], "azp": CLIENT}, True),
        ({"aud": [CLIENT, "another"]}, False),
        ({"aud": [CLIENT, "another"], "azp": "another"}, False),
        ({"azp": "another"}, False),
        ({"token_use": "access"}, False),
    ],
)
def test_identity_tokens_are_accepted_if_issued_for_this_client(issuer, other, is_taken):
    token = issuer.token(**other)
    if is_taken:
        assert oidc.verify_identity(token, issuer=issuer.url, client=CLIENT)["sub"] == SUBJECT
        return
    with pytest.raises(Unauthorized):
        oidc.verify_identity(token, issuer=issuer.url, client=CLIENT)


def test_a_changed_token_is_refused(issuer, refuse):
    head, body, signature = issuer.token().split(".")
    other = unsigned(issuer.claims(sub="someone else"), {}).split(".")[1]
    assert refuse(f"{head}.{other}.{signature}")
    assert refuse(f"{head}.{body}.{signature[:-8]}AAAAAAAA")


@pytest.mark.parametrize("token", ["", "eyJ", "eyJ.eyJ.eyJ", "a.b.c", "eyJ" * 10_000, "eyJ\ud800.a.b"])
def test_malformed_tokens_are_refused(refuse, token):
    assert refuse(token)


def test_a_key_that_is_too_small_is_not_believed(issuer, refuse):
    issuer.keys = [Key("small", rsa.generate_private_key(65537, 1024))]  # noqa: S505 - that is the point
    assert refuse(issuer.token())


@pytest.mark.parametrize("purpose", [{"use": "enc"}, {"use": None, "key_ops": ["encrypt", "wrapKey"]}])
def test_a_key_for_encryption_is_not_believed(issuer, refuse, purpose):
    issuer.keys[0].described = purpose
    assert refuse(issuer.token())


@pytest.mark.parametrize(
    "strange",
    [
        {"kty": "new"},
        {"kty": "RSA"},
        {"kty": "RSA", "n": 7, "e": "AQAB"},
        {"kty": "RSA", "n": "AA", "e": "AQAB", "alg": "none"},
        {"kty": "RSA", "n": "AA", "e": "AQAB", "alg": ["RS256"]},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"},
        {"kty": "oct", "k": "AAAA", "alg": "HS256"},
    ],
)
def test_keys_of_kinds_that_are_not_taken_may_be_listed(issuer, verify, strange):
    class Strange:
        def published(self) -> dict:
            return {"kid": "strange", **strange}

    issuer.keys.insert(0, Strange())
    assert verify(issuer.token(issuer.keys[1]))


def test_a_shared_secret_that_an_issuer_lists_is_not_believed(issuer, refuse):
    """Everyone could sign by it."""
    secret = {"kid": "shared", "kty": "oct", "k": "A" * 43, "alg": "HS256", "use": "sig"}

    class Shared:
        def published(self) -> dict:
            return secret

    issuer.keys.insert(0, Shared())
    assert refuse(jwt.encode(issuer.claims(), b"\0" * 32, "HS256", {"kid": "shared"}))


@pytest.mark.parametrize(
    ("audience", "is_taken"),
    [(f"pages,{CLIENT}", True), (f" {CLIENT} , websites", True), ("pages,websites", False), (",", False)],
)
def test_websites_may_have_clients_of_their_own(issuer, audience, is_taken):
    token = issuer.token()
    if is_taken:
        assert oidc.verify(token, issuer=issuer.url, audience=audience)["sub"] == SUBJECT
        return
    with pytest.raises(Unauthorized):
        oidc.verify(token, issuer=issuer.url, audience=audience)


@pytest.mark.parametrize(("issuer_url", "audience"), [("", CLIENT), ("https://issuer.example", "")])
def test_tokens_are_refused_without_an_issuer_or_an_audience(issuer, issuer_url, audience):
    with pytest.raises(Unauthorized):
        oidc.verify(issuer.token(), issuer=issuer_url, audience=audience)


def test_keys_are_fetched_once(issuer, verify):
    for _ in range(3):
        verify(issuer.token())
    assert issuer.requests == ["/.well-known/openid-configuration", KEYS]


@pytest.mark.parametrize(
    ("said", "seconds", "fetches"),
    [("", 3590, 1), ("", 3610, 2), ("public, max-age=300", 310, 2), ("max-age=86400", 3610, 2)],
)
def test_keys_are_fetched_anew_after_as_long_as_they_are_good(  # noqa: PLR0913, PLR0917 - a row of a table
    issuer, verify, later, said, seconds, fetches
):
    issuer.cache_control = said
    verify(issuer.token())
    later(seconds)
    verify(issuer.token())
    assert issuer.requests.count(KEYS) == fetches


def test_a_new_key_is_found_but_not_asked_for_more_than_once_a_minute(issuer, verify, refuse, later):
    verify(issuer.token())
    issuer.keys = [Key("two", RSA_KEYS[1])]
    assert refuse(issuer.token())
    later(61)
    verify(issuer.token())
    for _ in range(3):
        refuse(issuer.token(Key("made up", RSA_KEYS[1])))
    assert issuer.requests.count(KEYS) == 2


def test_known_keys_stay_valid_while_the_issuer_is_down(issuer, verify, later):
    verify(issuer.token())
    issuer.is_down = True
    later(7200)
    assert verify(issuer.token(exp=int(time.time()) + 9000))


def test_keys_are_fetched_again_after_the_issuer_was_down(issuer, verify, later):
    issuer.is_down = True
    for _ in range(3):
        with pytest.raises(Unavailable):
            verify(issuer.token())
    assert len(issuer.requests) == 1
    issuer.is_down = False
    later(11)
    assert verify(issuer.token())


def test_discovery_document_of_another_issuer_is_refused(issuer, verify, monkeypatch):
    monkeypatch.setattr(type(issuer), "published", lambda *_: {"issuer": "https://a.example", "jwks_uri": "https://a"})
    with pytest.raises(Unavailable):
        verify(issuer.token())


def test_keys_do_not_come_by_plain_http_from_elsewhere(environment):
    token = jwt.encode({"sub": "1"}, RSA_KEYS[0], "RS256", {"kid": "one"})
    with pytest.raises(Unavailable):
        oidc.verify(token, issuer="http://issuer.example", audience=CLIENT)


def test_the_configuration_may_be_elsewhere(issuer, monkeypatch):
    """An emulator signs with the name of the issuer that it replaces."""
    name = "https://cognito-idp.us-east-1.amazonaws.com/pool"
    published = issuer.published
    monkeypatch.setattr(
        issuer, "published", lambda path: {**published(path), "issuer": name} if published(path) else None
    )
    monkeypatch.setenv("IMGOPT_OIDC_ISSUER", name)
    monkeypatch.setenv("IMGOPT_OIDC_DISCOVERY_URL", f"{issuer.url}/.well-known/openid-configuration")
    settings.cache_clear()
    assert oidc.verify(issuer.token(iss=name), issuer=name, audience=CLIENT)


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email": EMAIL, "email_verified": True}, EMAIL),
        ({"email": EMAIL, "email_verified": "true"}, EMAIL),
        ({"email": EMAIL, "email_verified": False}, None),
        ({"email": EMAIL, "email_verified": "false"}, None),
        ({"email": EMAIL}, None),
        ({"email": 7, "email_verified": True}, None),
        ({"email": "\ud800@example.com", "email_verified": True}, None),
        ({"email": "a\n@example.com", "email_verified": True}, None),
        ({"email": "a" * 400 + "@example.com", "email_verified": True}, None),
        ({}, None),
    ],
)
def test_an_address_counts_where_the_issuer_vouches_for_it(claims, email):
    assert oidc.verified_email(claims) == email


def test_the_same_subject_of_another_issuer_is_another_user():
    assert user_id_of("https://a.example", "1") != user_id_of("https://b.example", "1")
    assert len(user_id_of("https://a.example", "1")) == len("user-") + 32
