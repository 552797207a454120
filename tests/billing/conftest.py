import pytest

from imgopt import clock
from tests.billing.billing_setup import become_customer, deliver, moment, set_up_billing, sign_up, tier_at_present


@pytest.fixture
def stripe(aws, monkeypatch):
    """The double of Stripe, whose clock gives the time."""
    with set_up_billing(monkeypatch) as double:
        monkeypatch.setattr(clock, "now", lambda: moment(double.world.now))
        sign_up()
        yield double


@pytest.fixture
def world(stripe):
    return stripe.world


@pytest.fixture
def customer(stripe):
    return become_customer(stripe)


@pytest.fixture
def subscribe(world, customer):
    """World.subscribe, for the user."""
    return lambda *which, **how: world.subscribe(customer, *which, **how)


@pytest.fixture
def send_all(world):
    """Sends all that has happened and was not sent yet."""
    sent = []

    def send() -> None:
        for event in world.events[len(sent) :]:
            sent.append(event)
            deliver(event)

    return send


@pytest.fixture
def tier(world):
    """The user's tier, now or after some seconds."""
    return lambda later=0: tier_at_present(world.now + later)
