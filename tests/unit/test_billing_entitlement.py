"""The entitlement of a subscription, by the rules for Stripe's data."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from imgopt.accounts.entitlement import tier_at
from imgopt.accounts.plans import Tier
from imgopt.billing import entitlement, stripe_queries
from imgopt.billing.model import Entitlement, Subscription
from imgopt.billing.objects import StripeEvent, StripeSubscription
from imgopt.settings import settings

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2026, 2, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
SUBSCRIPTION = Subscription("sub_1", "active", "price_pro", START, START, END)
ITEM = {"price": {"id": "price_pro"}, "current_period_start": 1_767_225_600, "current_period_end": 1_769_904_000}
OBJECT = {"id": "sub_1", "status": "active", "created": 1_767_225_600, "items": {"data": [ITEM]}}


@pytest.fixture(autouse=True)
def stripe(monkeypatch):
    """Stripe has no debts and no refunds, until a test says otherwise."""
    monkeypatch.setenv("IMGOPT_STRIPE_PRICES", "price_starter=starter,price_pro=pro,price_max=max")
    settings.cache_clear()
    monkeypatch.setattr(stripe_queries, "is_refunded", lambda *_: False)
    monkeypatch.setattr(stripe_queries, "find_oldest_debt", lambda _: None)
    yield monkeypatch
    settings.cache_clear()


def test_a_tier_without_an_end_goes_on():
    assert tier_at(Entitlement(Tier.ENTERPRISE), END) is Tier.ENTERPRISE


def test_a_tier_ends_at_the_moment_it_should():
    entitlement = Entitlement(Tier.PRO, END)
    assert tier_at(entitlement, END - timedelta(microseconds=1)) is Tier.PRO
    assert tier_at(entitlement, END) is Tier.FREE


def test_entitlement_lasts_until_the_end_of_the_period_and_grace():
    assert entitlement.entitlement_of(SUBSCRIPTION) == Entitlement(Tier.PRO, END + WEEK, SUBSCRIPTION)


def test_cancelled_subscription_has_no_grace():
    assert entitlement.entitlement_of(replace(SUBSCRIPTION, ends_at=END)).tier_until == END


def test_subscription_cancelled_for_after_its_period_still_has_to_be_renewed():
    assert entitlement.entitlement_of(replace(SUBSCRIPTION, ends_at=END + 9 * WEEK)).tier_until == END + WEEK


def test_grace_begins_with_the_oldest_debt(stripe):
    stripe.setattr(stripe_queries, "find_oldest_debt", lambda _: START - WEEK)
    assert entitlement.entitlement_of(replace(SUBSCRIPTION, status="past_due")).tier_until == START


def test_grace_begins_with_the_period_where_there_is_no_invoice_for_the_debt():
    assert entitlement.entitlement_of(replace(SUBSCRIPTION, status="past_due")).tier_until == START + WEEK


def test_money_that_was_given_back_is_worth_nothing_but_the_subscription_is_still_shown(stripe):
    stripe.setattr(stripe_queries, "is_refunded", lambda *_: True)
    assert entitlement.entitlement_of(SUBSCRIPTION) == Entitlement(subscription=SUBSCRIPTION)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_choice_of_a_subscription_does_not_depend_on_their_order(order):
    good = SUBSCRIPTION
    newer = replace(good, id="sub_2", created_at=START + WEEK, price_id="price_starter")
    newest = replace(good, id="sub_3", created_at=END, status="canceled")
    several = [good, newer, newest]
    assert entitlement.choose_entitlement([several[index] for index in order]).subscription is newer


def test_entitlement_is_empty_without_subscriptions():
    assert entitlement.choose_entitlement([]) == Entitlement()


def test_periods_are_read_from_items():
    found = entitlement.parse_subscription(StripeSubscription.model_validate(OBJECT))
    assert (found.period_start, found.period_end, found.price_id) == (START, END, "price_pro")


def test_period_is_read_from_the_subscription_in_older_api_versions():
    item = {"price": {"id": "price_pro"}}
    older = {
        **OBJECT,
        "items": {"data": [item]},
        "current_period_start": 1_767_225_600,
        "current_period_end": 1_769_904_000,
    }
    found = entitlement.parse_subscription(StripeSubscription.model_validate(older))
    assert (found.period_start, found.period_end) == (START, END)


def test_item_with_the_best_tier_counts():
    other = {**ITEM, "price": {"id": "price_of_a_book"}}
    best = {**ITEM, "price": {"id": "price_max"}}
    mixed = {**OBJECT, "items": {"data": [other, ITEM, best]}}
    assert entitlement.parse_subscription(StripeSubscription.model_validate(mixed)).price_id == "price_max"


@pytest.mark.parametrize(
    ("fields", "ends_at"),
    [
        ({"cancel_at_period_end": True}, END),
        ({"cancel_at": 1_769_904_000}, END),
        ({"cancel_at_period_end": False, "cancel_at": None}, None),
    ],
)
def test_cancellation_is_read_from_either_field(fields, ends_at):
    assert entitlement.parse_subscription(StripeSubscription.model_validate({**OBJECT, **fields})).ends_at == ends_at


@pytest.mark.parametrize(
    ("thing", "customer"),
    [
        ({"object": "invoice", "customer": "cus_1"}, "cus_1"),
        ({"object": "customer", "id": "cus_1"}, "cus_1"),
        ({"object": "dispute", "id": "dp_1"}, None),
        ({"object": "invoice", "customer": {"id": "cus_1"}}, None),
    ],
)
def test_customer_of_an_event_is_read(thing, customer):
    event = StripeEvent.model_validate({"id": "evt_1", "type": "any", "data": {"object": thing}})
    assert event.customer_id == customer
