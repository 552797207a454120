"""Billing set up with the double of Stripe, and a user who may buy."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from imgopt.accounts.entitlement import tier_at
from imgopt.accounts.model import Credential, Principal, User
from imgopt.accounts.plans import Tier
from imgopt.billing import repository, stripe_client, webhooks
from imgopt.billing.model import BillingAccount, Entitlement
from imgopt.settings import settings
from imgopt.storage import attributes, table
from tests.billing import stripe_double
from tests.billing.stripe_double import API_KEY, WEBHOOK_SECRET, StripeDouble
from tests.billing.stripe_world import Object

USER_ID, EMAIL = "user-of-the-tests", "someone@example.com"
BUYER = Principal(USER_ID, Tier.FREE, Credential.JWT, EMAIL)
SHOP = "https://shop.example"
PRICES = "price_starter=starter,price_pro=pro,price_max=max,price_contract=enterprise"


@contextmanager
def set_up_billing(monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeDouble]:
    with stripe_double.running() as double:
        known = {
            "IMGOPT_STRIPE_API_KEY": API_KEY,
            "IMGOPT_STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "IMGOPT_STRIPE_API_BASE": double.url,
            "IMGOPT_STRIPE_PRICES": PRICES,
            "IMGOPT_BILLING_ORIGINS": SHOP,
            "NO_PROXY": "127.0.0.1",
        }
        for name, value in known.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(stripe_client, "STRIPE_RETRIES", 0)  # there are pauses between them
        settings.cache_clear()
        yield double


def sign_up(user_id: str = USER_ID) -> None:
    table.put({**table.key(repository.USER, user_id), **attributes.plain(User(user_id, EMAIL, datetime.now(UTC)))})


def become_customer(double: StripeDouble, user_id: str = USER_ID) -> str:
    customer = double.world.make("cus", "customer", email=EMAIL, metadata={"user_id": user_id})
    repository.add(BillingAccount(user_id, customer["id"]))
    return customer["id"]


def user_item(user_id: str = USER_ID) -> Object:
    """Returns the stored item of the user."""
    return table.get(table.key(repository.USER, user_id)) or {}


def tier_at_present(now: int) -> str:
    """Returns the tier that a reader finds at the present time."""
    return tier_at(table.from_item(user_item(), Entitlement), moment(now)).value


def deliver(*events: Object) -> None:
    """Delivers events one after the other, as Stripe does."""
    for event in events:
        body, headers = stripe_double.sign(event, WEBHOOK_SECRET)
        webhooks.handle_event(body, headers["Stripe-Signature"])


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
