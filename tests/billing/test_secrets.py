"""Keys that are replaced in Secrets Manager while the service runs."""

import json

import pytest

from imgopt import clock
from imgopt.billing import checkout
from imgopt.billing.checkout import CheckoutOrder
from imgopt.errors import InvalidSignature, Unavailable
from imgopt.settings import settings
from imgopt.storage import clients, secrets
from tests.billing.billing_setup import BUYER, SHOP, deliver, moment
from tests.billing.stripe_double import API_KEY, WEBHOOK_SECRET

MINUTE = 60


@pytest.fixture
def stored(stripe, monkeypatch):
    """Keeps the keys in Secrets Manager in place of the settings; returns what replaces them there."""
    manager = clients.secretsmanager()
    made = manager.create_secret(Name="stripe", SecretString="{}")
    for name in ("API_KEY", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"IMGOPT_STRIPE_{name}", "")
    monkeypatch.setenv("IMGOPT_STRIPE_SECRET_ARN", made["ARN"])
    settings.cache_clear()
    secrets.forget()

    def put(api_key: str = API_KEY, webhook_secret: str = WEBHOOK_SECRET) -> None:
        text = json.dumps({"api_key": api_key, "webhook_secret": webhook_secret})
        manager.put_secret_value(SecretId=made["ARN"], SecretString=text)

    yield put
    secrets.forget()


@pytest.fixture
def reads(monkeypatch):
    """Returns the number of requests to Secrets Manager."""
    manager, asked = clients.secretsmanager(), []
    read = manager.get_secret_value

    def count(**request: str):
        asked.append(request)
        return read(**request)

    monkeypatch.setattr(manager, "get_secret_value", count)
    return asked


@pytest.fixture
def later(world, monkeypatch):
    """Lets so many seconds pass."""

    def pass_by(seconds: int) -> None:
        world.now += seconds
        monkeypatch.setattr(clock, "now", lambda: moment(world.now))

    return pass_by


def test_keys_are_read_once_while_they_are_good(stored, reads, world, subscribe):
    stored()
    subscribe()
    deliver(*world.events)
    assert len(reads) == 1


def test_a_new_secret_counts_with_the_first_message_that_it_signs(stored, later, world, subscribe, tier):
    stored(webhook_secret="whsec_old")
    subscribe()
    with pytest.raises(InvalidSignature):
        deliver(world.events[-1])
    stored()
    later(MINUTE)
    deliver(world.events[-1])
    assert tier() == "starter"


def test_wrong_signatures_have_secrets_read_once_a_minute_at_most(stored, reads, later, world, subscribe):
    stored(webhook_secret="whsec_of_ours")
    subscribe()
    for _ in range(3):
        for _ in range(5):
            with pytest.raises(InvalidSignature):
                deliver(world.events[-1])
        later(MINUTE)
    assert len(reads) == 3


def test_a_secret_that_was_replaced_does_not_count_for_long(stored, later, world, subscribe):
    stored()
    subscribe()
    deliver(*world.events)
    stored(webhook_secret="whsec_new")
    later(15 * MINUTE)
    with pytest.raises(InvalidSignature):
        deliver(*world.events)


def test_a_new_key_counts_once_stripe_has_refused_the_old_one(stored, later, stripe):
    order = CheckoutOrder("price_pro", SHOP, SHOP)
    stored(api_key="sk_test_old")
    with pytest.raises(Unavailable):
        checkout.begin_checkout(BUYER, order)
    stored()
    later(MINUTE)
    with pytest.raises(Unavailable):
        checkout.begin_checkout(BUYER, order)
    assert checkout.begin_checkout(BUYER, order).id == stripe.world.all("checkout.session")[0]["id"]
