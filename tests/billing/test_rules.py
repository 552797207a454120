"""The rules that map the state of a subscription at Stripe to the user's tier, one by one."""

import pytest

from imgopt.settings import settings
from tests.billing.billing_setup import deliver, moment, user_item
from tests.billing.stripe_world import BEGINNING, DAY, MONTH


def test_subscription_gives_its_tier_for_the_period(send_all, subscribe):
    subscribe("price_pro")
    send_all()
    item = user_item()
    assert item["tier"] == "pro"
    assert item["period_start"] == moment(BEGINNING).isoformat()
    assert item["period_end"] == moment(BEGINNING + MONTH).isoformat()


def test_an_old_event_does_not_bring_back_what_is_over(world, subscribe, tier):
    world.end(subscribe())
    deliver(*reversed(world.events))
    assert tier() == "free"


def test_a_better_plan_counts_at_once(send_all, world, subscribe, tier):
    subscription = subscribe()
    send_all()
    world.switch(subscription, "price_max")
    send_all()
    assert tier() == "max"
    assert user_item()["period_start"] == moment(BEGINNING).isoformat()


def test_a_smaller_plan_counts_once_stripe_has_its_price(send_all, world, subscribe, tier):
    subscription = subscribe("price_max")
    send_all()
    world.renew(subscription)
    world.switch(subscription, "price_starter")
    send_all()
    assert tier() == "starter"


@pytest.mark.parametrize("how", ["cancel_at_period_end", "cancel_at"])
def test_cancelled_subscription_ends_with_the_paid_period(send_all, world, subscribe, tier, how):
    subscription = subscribe()
    world.change(subscription, **{how: BEGINNING + MONTH if how == "cancel_at" else True})
    send_all()
    assert (tier(MONTH - 1), tier(MONTH)) == ("starter", "free")


def test_withdrawn_cancellation_keeps_the_tier(send_all, world, subscribe, tier):
    subscription = subscribe()
    world.change(subscription, cancel_at_period_end=True)
    send_all()
    world.change(subscription, cancel_at_period_end=False)
    send_all()
    assert tier(MONTH) == "starter"


def test_a_subscription_that_ends_is_over_at_once(send_all, world, subscribe, tier):
    world.end(subscribe())
    send_all()
    assert tier() == "free"
    assert (user_item()["period_start"], user_item()["tier_until"]) == (None, None)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("active", "starter"),
        ("trialing", "starter"),
        ("past_due", "starter"),
        ("unpaid", "free"),
        ("canceled", "free"),
        ("incomplete", "free"),
        ("incomplete_expired", "free"),
        ("paused", "free"),
        ("of_the_future", "free"),
    ],
)
def test_tier_follows_the_status_of_the_subscription(send_all, subscribe, tier, status, expected):
    subscribe(status=status)
    send_all()
    assert tier() == expected


def test_a_subscription_that_is_paused_and_resumed_is_worth_the_same(send_all, world, subscribe, tier):
    subscription = subscribe()
    for status, event, expected in (("paused", "paused", "free"), ("active", "resumed", "starter")):
        subscription["status"] = status
        world.tell(f"customer.subscription.{event}", subscription)
        send_all()
        assert tier() == expected


def test_failed_payment_leaves_days_of_grace(send_all, world, subscribe, tier):
    world.renew(subscribe(), paid=False)
    send_all()
    assert (tier(7 * DAY - 1), tier(7 * DAY)) == ("starter", "free")


def test_grace_is_not_renewed_by_each_unpaid_period(send_all, world, subscribe, tier):
    subscription = subscribe()
    world.renew(subscription, paid=False)
    world.renew(subscription, paid=False)
    send_all()
    assert tier() == "free"


def test_late_payment_restores_the_tier(send_all, world, subscribe, tier):
    subscription = subscribe()
    world.renew(subscription, paid=False)
    world.now += 20 * DAY
    send_all()
    assert tier() == "free"
    world.recover(subscription)
    send_all()
    assert tier() == "starter"


def test_tier_ends_by_itself_without_events_of_the_next_period(send_all, subscribe, tier):
    subscribe()
    send_all()
    assert (tier(MONTH + 7 * DAY - 1), tier(MONTH + 7 * DAY)) == ("starter", "free")


def test_days_of_grace_are_a_setting(send_all, world, subscribe, tier, monkeypatch):
    monkeypatch.setenv("IMGOPT_BILLING_GRACE_DAYS", "0")
    settings.cache_clear()
    world.renew(subscribe(), paid=False)
    send_all()
    assert tier() == "free"


def test_money_that_is_given_back_ends_the_tier(send_all, world, subscribe, tier):
    subscribe()
    world.refund(world.all("invoice")[0])
    send_all()
    assert tier() == "free"


def test_partial_refund_keeps_the_tier(send_all, world, subscribe, tier):
    subscribe()
    world.refund(world.all("invoice")[0], 999)
    send_all()
    assert tier() == "starter"
    world.refund(world.all("invoice")[0], 1)
    send_all()
    assert tier() == "free"


def test_credit_notes_are_money_given_back(send_all, world, subscribe, tier):
    subscribe()
    for amount, expected in ((999, "starter"), (1, "free")):
        world.credit(world.all("invoice")[0], amount)
        send_all()
        assert tier() == expected


def test_money_given_back_for_an_earlier_period_changes_nothing(send_all, world, subscribe, tier):
    subscription = subscribe()
    first = world.all("invoice")[0]
    world.renew(subscription)
    world.refund(first)
    send_all()
    assert tier() == "starter"


def test_money_given_back_for_an_upgrade_alone_leaves_the_rest(send_all, world, subscribe, tier):
    world.refund(world.switch(subscribe(), "price_max"))
    send_all()
    assert tier() == "max"


def test_a_trial_for_which_nothing_was_paid_is_worth_something(send_all, subscribe, tier):
    subscribe(status="trialing")
    send_all()
    assert tier() == "starter"


def test_payment_by_other_means_is_not_a_refund(send_all, world, subscribe, tier):
    subscribe()
    world.all("invoice_payment")[0]["payment"] = {"type": "payment_record", "payment_record": "pr_1"}
    send_all()
    assert tier() == "starter"


def test_an_invoice_without_payments_was_paid_from_a_balance_and_not_given_back(send_all, world, subscribe, tier):
    subscribe()
    world.all("invoice_payment")[0]["status"] = "canceled"
    send_all()
    assert tier() == "starter"


def test_next_period_counts_again_after_a_refund(send_all, world, subscribe, tier):
    subscription = subscribe()
    world.refund(world.all("invoice")[0])
    world.renew(subscription)
    send_all()
    assert tier() == "starter"


def test_a_subscription_that_is_paid_for_counts_before_one_that_is_not(send_all, world, subscribe, tier):
    subscribe("price_max")
    world.now += DAY
    world.change(subscribe("price_starter"), status="past_due")
    send_all()
    assert tier() == "max"


def test_a_customer_that_was_deleted_has_nothing(send_all, world, customer, tier, subscribe):
    subscribe()
    send_all()
    world.things[customer]["deleted"] = True
    world.tell("customer.deleted", world.things[customer])
    send_all()
    assert tier() == "free"


@pytest.mark.parametrize("status", ["void", "uncollectible"])
def test_a_debt_that_is_forgiven_no_longer_counts(send_all, world, subscribe, tier, status):
    subscription = subscribe()
    old = world.renew(subscription, paid=False)
    world.renew(subscription, paid=False)
    send_all()
    assert tier() == "free"
    world.forgive(old, status)
    send_all()
    assert tier() == "starter"


def test_money_that_could_not_be_given_back_counts_as_paid(send_all, world, subscribe, tier):
    subscribe()
    world.refund(world.all("invoice")[0])
    send_all()
    assert tier() == "free"
    world.fail_refund(world.all("invoice")[0])
    send_all()
    assert tier() == "starter"
