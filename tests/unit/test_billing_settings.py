"""Settings of prices, websites and keys."""

import json

import pytest
from pydantic import ValidationError

from imgopt.accounts.plans import Tier
from imgopt.billing import credentials, mode
from imgopt.billing.prices import check_for_sale, tier_of
from imgopt.errors import InvalidRequest, NotConfigured
from imgopt.settings import Settings, settings
from imgopt.storage import clients, secrets
from tests.handlers import conftest as handlers

log_lines = handlers.log_lines


@pytest.fixture
def set_up(environment, monkeypatch):
    def put(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"IMGOPT_{name}", value)
        settings.cache_clear()

    return put


def test_prices_are_written_as_a_list_of_pairs(set_up):
    set_up(STRIPE_PRICES="price_1Ab=starter, price_2=pro,")
    assert (tier_of("price_1Ab"), tier_of("price_2"), tier_of("price_1ab")) == (Tier.STARTER, Tier.PRO, None)


@pytest.mark.parametrize("text", ["price_a", "price_a=gold", "price_a=free", "=pro", "price a=pro", "price_a=pro=max"])
def test_malformed_price_lists_are_refused_as_the_service_starts(set_up, text):
    set_up(STRIPE_PRICES=text)
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize(
    "text",
    [
        "http://shop.example",
        "https://shop.example/",
        "https://shop.example/path",
        "https://user@shop.example",
        "shop.example",
        "*",
        "https://*.example",
        "http://localhost.evil.example",
    ],
)
def test_a_website_is_named_by_its_origin(set_up, text):
    set_up(BILLING_ORIGINS=text)
    with pytest.raises(ValidationError):
        Settings()


def test_a_contract_has_a_price_that_is_not_for_sale(set_up):
    set_up(STRIPE_PRICES="price_a=enterprise,price_b=max")
    assert tier_of("price_a") is Tier.ENTERPRISE
    check_for_sale("price_b")
    for price in ("price_a", "price_c"):
        with pytest.raises(InvalidRequest):
            check_for_sale(price)


@pytest.mark.parametrize("half", ["STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET"])
def test_billing_needs_the_api_key_and_the_webhook_secret(set_up, half):
    set_up(**{half: "something"})
    with pytest.raises(NotConfigured, match=r"Billing is not set up\."):
        credentials.read()


def test_keys_come_from_the_settings(set_up):
    set_up(STRIPE_API_KEY="sk_1", STRIPE_WEBHOOK_SECRET="whsec_1, whsec_2")
    found = credentials.read()
    assert (found.api_key, found.webhook_secrets) == ("sk_1", ["whsec_1", "whsec_2"])


@pytest.fixture
def store(aws, set_up):
    """Puts a secret into Secrets Manager, where the settings point to it."""
    secrets.forget()

    def put(text: str) -> None:
        stored = clients.secretsmanager().create_secret(Name="stripe", SecretString=text)
        set_up(STRIPE_SECRET_ARN=stored["ARN"])

    yield put
    secrets.forget()


def test_keys_come_from_secrets_manager(store):
    store(json.dumps({"api_key": "sk_1", "webhook_secret": "whsec_1"}))
    assert credentials.read().api_key == "sk_1"


@pytest.mark.parametrize("text", ['{"api_key": "sk_secret"}', "sk_secret", '["sk_secret"]'])
def test_a_secret_that_is_not_as_it_should_be_is_not_shown(store, text):
    store(text)
    with pytest.raises(ValidationError) as caught:
        credentials.read()
    assert "sk_secret" not in str(caught.value)


def test_keys_are_not_shown(set_up):
    set_up(STRIPE_API_KEY="sk_1", STRIPE_WEBHOOK_SECRET="whsec_1")
    shown = repr(settings()) + repr(credentials.read())
    assert not [key for key in ("sk_1", "whsec_1") if key in shown]


@pytest.mark.parametrize(
    ("api_key", "is_live"),
    [
        *(("sk_live_1", True), ("rk_live_1", True), ("sk_org_live_1", True)),
        *(("sk_test_1", False), ("rk_test_1", False), ("sk_1", None), ("", None)),
    ],
)
def test_a_key_tells_whether_it_sells_for_money(api_key, is_live):
    assert mode.is_live(api_key) is is_live


@pytest.mark.parametrize(
    ("api_key", "public_url", "times"),
    [
        ("sk_test_1", "https://img.example", 1),
        ("sk_live_1", "https://img.example", 0),
        ("sk_test_1", "http://127.0.0.1:8080", 0),
    ],
)
def test_a_test_key_at_a_public_address_is_an_error_in_the_log(set_up, log_lines, api_key, public_url, times):
    mode.report_test_key.cache_clear()
    set_up(STRIPE_API_KEY=api_key, STRIPE_WEBHOOK_SECRET="whsec_1", PUBLIC_URL=public_url)
    for _ in range(2):
        credentials.read()
    assert [line["level"] for line in log_lines() if "test key" in line["message"]] == ["ERROR"] * times
    assert api_key not in str(log_lines())
