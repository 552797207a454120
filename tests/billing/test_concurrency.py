"""Concurrent checkouts of a user, and concurrent events of a customer."""

import pytest

from imgopt import clock
from imgopt.accounts.plans import Tier
from imgopt.billing import checkout, repository
from imgopt.billing.checkout import CheckoutOrder, CheckoutSession
from imgopt.billing.model import Entitlement
from imgopt.errors import Unavailable
from imgopt.storage import table
from tests.billing.billing_setup import BUYER, SHOP, USER_ID, deliver, user_item


@pytest.fixture
def buy(stripe):
    return lambda price="price_pro": checkout.begin_checkout(BUYER, CheckoutOrder(price, SHOP, SHOP))


@pytest.fixture
def during(monkeypatch):
    """Does something else, once, before a function of the repository; returns what came of it."""

    def arrange(name: str, meanwhile) -> list:
        function, results = getattr(repository, name), []

        def late(*given):
            if not results:
                results.append(None)
                results[0] = meanwhile()
            return function(*given)

        monkeypatch.setattr(repository, name, late)
        return results

    return arrange


def open_sessions(world) -> list[str]:
    return [each["id"] for each in world.all("checkout.session") if each["status"] == "open"]


def test_two_clicks_at_once_lead_to_the_same_page(world, buy, during):
    others: list[CheckoutSession] = during("note_checkout", buy)
    assert buy() == others[0]
    assert len(open_sessions(world)) == 1


def test_concurrent_checkouts_leave_a_single_payable_session(world, buy, during):
    others = during("note_checkout", lambda: buy("price_max"))
    session = buy()
    assert others[0].id != session.id
    assert open_sessions(world) == [session.id]


def test_two_first_checkouts_at_once_share_a_customer(world, buy, during):
    during("add", buy)
    buy()
    assert len(world.all("customer")) == 1


def test_older_answer_of_stripe_never_overwrites_a_newer_one(stripe, world, subscribe, tier):
    """The subscription changes while one event waits for Stripe's answer. The event about the change is quicker."""
    subscription = subscribe()
    older = world.events[-1]

    def meanwhile(_: str) -> None:
        stripe.on_answer = lambda path: None
        world.switch(subscription, "price_max")
        deliver(world.events[-1])
        assert tier() == "max"

    stripe.on_answer = meanwhile
    deliver(older)
    assert tier() == "max"
    assert repository.find(USER_ID).version == 2


def test_a_message_that_comes_twice_at_once_counts_once(stripe, world, subscribe, tier):
    subscribe()
    event = world.events[-1]

    def meanwhile(_: str) -> None:
        stripe.on_answer = lambda path: None
        deliver(event)

    stripe.on_answer = meanwhile
    deliver(event)
    assert (tier(), repository.find(USER_ID).version) == ("starter", 1)


def test_a_user_who_leaves_meanwhile_does_not_come_back(stripe, world, subscribe):
    subscribe()
    stripe.on_answer = lambda path: table.delete(table.key(repository.USER, USER_ID))
    deliver(world.events[-1])
    assert user_item() == {}


def test_event_is_left_to_its_next_delivery_if_others_keep_writing(stripe, world, subscribe):
    subscribe()

    def meanwhile(_: str) -> None:
        account = repository.find(USER_ID)
        repository.apply_event(f"evt_of_another_{account.version}", account, Entitlement(Tier.PRO), clock.now())

    stripe.on_answer = meanwhile
    with pytest.raises(Unavailable):
        deliver(world.events[-1])


def test_a_session_that_could_not_be_noted_is_the_one_that_comes_of_a_repeat(world, buy, monkeypatch):
    """Nobody knows the address of the session, so it does no harm that it stays open."""

    def fail(*_: object) -> bool:
        raise Unavailable("down")

    with monkeypatch.context() as broken:
        broken.setattr(repository, "note_checkout", fail)
        with pytest.raises(Unavailable):
            buy()
    assert [buy().id] == open_sessions(world)
