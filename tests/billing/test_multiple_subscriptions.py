"""Several subscriptions of a user, and more objects than fit on one page of Stripe's lists."""

import pytest

from imgopt.billing import stripe_queries
from imgopt.errors import Unavailable
from tests.billing.billing_setup import deliver, moment
from tests.billing.stripe_world import BEGINNING, DAY


def test_a_subscription_to_something_else_does_not_take_the_place_of_a_tier(send_all, world, subscribe, tier):
    subscribe("price_pro")
    world.now += DAY
    subscribe("price_other")
    send_all()
    assert tier() == "pro"


def test_refunded_subscription_does_not_replace_a_paid_one(send_all, world, subscribe, tier):
    subscribe("price_pro")
    world.now += DAY
    subscribe("price_starter")
    world.refund(world.all("invoice")[0])
    send_all()
    assert tier() == "pro"


def test_two_refunded_subscriptions_give_no_tier(send_all, world, subscribe, tier):
    for _ in range(2):
        subscribe("price_pro")
        world.refund(world.all("invoice")[0])
    send_all()
    assert tier() == "free"


def test_a_subscription_is_found_behind_a_hundred_that_never_began(world, subscribe, tier):
    subscribe("price_pro")
    for _ in range(100):
        subscribe("price_starter", status="incomplete_expired")
    deliver(world.events[-1])
    assert tier() == "pro"


@pytest.fixture
def subscription(subscribe):
    return subscribe()


def test_the_oldest_debt_is_found_behind_a_hundred_others(world, subscription):
    world.invoice(subscription, paid=False)
    world.now += DAY
    for _ in range(100):
        world.invoice(subscription, paid=False)
    assert stripe_queries.find_oldest_debt(subscription["id"]) == moment(BEGINNING)


def test_unrefunded_invoice_is_found_behind_a_hundred_refunded_ones(world, subscription):
    for _ in range(100):
        world.invoice(subscription, paid=True)["post_payment_credit_notes_amount"] = 1000
    assert not stripe_queries.is_refunded(subscription["id"], moment(BEGINNING))
    world.things[world.all("invoice")[-1]["id"]]["post_payment_credit_notes_amount"] = 1000
    assert stripe_queries.is_refunded(subscription["id"], moment(BEGINNING))


def test_a_customer_that_stripe_does_not_know_keeps_what_is_paid_for(send_all, world, customer, subscribe, tier):
    """The key is of another account or mode then. Whoever was deleted is still known."""
    subscription = subscribe("price_pro")
    send_all()
    del world.things[customer]
    world.change(subscription, metadata={"a": "b"})
    with pytest.raises(Unavailable):
        send_all()
    assert tier() == "pro"
