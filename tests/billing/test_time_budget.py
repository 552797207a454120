"""If Stripe is slow, the service answers before its function is stopped, and begins no call that it can't finish."""

import pytest

from imgopt.billing import checkout, stripe_client, time_budget
from imgopt.billing.checkout import CheckoutOrder
from imgopt.errors import Unavailable
from tests.billing.billing_setup import BUYER, SHOP, deliver

ORDER = CheckoutOrder("price_pro", f"{SHOP}/thanks", f"{SHOP}/pricing")
FUNCTION_ENDS, FOR_ALL_ELSE = 29, 2
RETRIES = stripe_client.STRIPE_RETRIES


class Clock:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def answers_take(stripe, monkeypatch):
    """Lets every answer of Stripe's take so many seconds."""
    clock = Clock()
    monkeypatch.setattr(time_budget, "monotonic", clock)

    def take(seconds: float) -> None:
        def wait(_: str) -> None:
            clock.seconds += seconds

        stripe.on_answer = wait

    return take


def test_the_last_that_is_asked_has_the_time_that_it_may_take():
    attempts = 1 + RETRIES
    longest = attempts * (stripe_client.STRIPE_CONNECT_SECONDS + stripe_client.READ_SECONDS) + RETRIES * 0.5
    assert time_budget.STRIPE_SECONDS + longest <= FUNCTION_ENDS - FOR_ALL_ELSE


def test_a_checkout_that_takes_long_is_given_up_before_there_is_a_session(stripe, answers_take):
    answers_take(6)
    with pytest.raises(Unavailable, match="takes too long"):
        checkout.begin_checkout(BUYER, ORDER)
    assert stripe.world.all("checkout.session") == []


def test_the_next_attempt_has_its_own_time(stripe, answers_take):
    answers_take(6)
    with pytest.raises(Unavailable):
        checkout.begin_checkout(BUYER, ORDER)
    answers_take(1)
    assert checkout.begin_checkout(BUYER, ORDER).id == stripe.world.all("checkout.session")[0]["id"]


def test_an_event_for_which_much_is_asked_is_taken_when_it_comes_again(world, subscribe, answers_take, tier):
    subscribe("price_pro")
    answers_take(6)
    with pytest.raises(Unavailable, match="takes too long"):
        deliver(world.events[-1])
    answers_take(0)
    deliver(world.events[-1])
    assert tier() == "pro"


def test_every_page_counts(world, subscribe, answers_take):
    for _ in range(201):
        subscribe(status="incomplete_expired")
    answers_take(6)
    with pytest.raises(Unavailable, match="takes too long"):
        deliver(world.events[-1])
