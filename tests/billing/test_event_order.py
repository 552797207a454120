"""The events of a year arrive in any order, repeatedly and nested in each other. The final state is correct.

Here one follows on the other, also within the other, as the seed has it; tests/e2e has them at the same time.
"""

import random
from collections.abc import Iterator

import pytest

from imgopt import clock
from imgopt.billing import repository
from tests.billing.billing_setup import become_customer, deliver, moment, set_up_billing, sign_up
from tests.billing.event_delivery import EventDelivery, final_state, play_in_order
from tests.billing.scenario import STEPS, play
from tests.billing.stripe_world import World

WHOLE = len(STEPS)
IN_ORDER, SHUFFLED = "user-in-order", "user-shuffled"


@pytest.fixture
def stripe(aws, monkeypatch):
    with set_up_billing(monkeypatch) as double:
        monkeypatch.setattr(clock, "now", lambda: moment(double.world.now))
        for user in (IN_ORDER, SHUFFLED):
            sign_up(user)
        yield double


@pytest.fixture
def scenarios(stripe):
    """The right end of the scenario, of which the other user is at the beginning, in a world with other ids."""

    def play_first(length: int):
        stripe.world = World(first_number=100_000)
        expected = play_in_order(stripe, IN_ORDER, length)
        stripe.world = World()
        return expected, play(stripe.world, become_customer(stripe, SHUFFLED), length)

    return play_first


@pytest.mark.parametrize("seed", range(4))
def test_events_in_any_order_lead_to_the_same_state(stripe, scenarios, seed):
    rng = random.Random(seed)
    expected, scenario = scenarios(rng.randrange(4, WHOLE + 1))
    delivery = EventDelivery(stripe.world, rng)
    for _ in scenario:
        delivery.deliver_some()
    delivery.deliver_rest()
    assert final_state(SHUFFLED) == expected


@pytest.mark.parametrize("seed", range(4))
def test_events_during_requests_to_stripe_lead_to_the_same_state(stripe, scenarios, seed):
    rng = random.Random(seed)
    expected, scenario = scenarios(rng.randrange(4, WHOLE + 1))
    delivery = EventDelivery(stripe.world, rng)
    stripe.on_answer = Interruptions(delivery, scenario, rng)
    for _ in scenario:
        delivery.deliver_some()
    stripe.on_answer = lambda path: None
    delivery.deliver_rest()
    assert final_state(SHUFFLED) == expected


class Interruptions:
    """Makes changes and sends further events while an answer of Stripe is on its way, so that the answer is old."""

    def __init__(self, delivery: EventDelivery, scenario: Iterator[str], rng: random.Random) -> None:
        self.delivery, self.scenario, self.rng = delivery, scenario, rng
        self.depth = 0

    def __call__(self, path: str) -> None:
        if self.depth > 2 or self.rng.random() > 0.4:
            return
        self.depth += 1
        next(self.scenario, None)
        self.delivery.deliver_some()
        self.depth -= 1


def test_a_whole_year_at_once_ends_as_the_year_did(stripe, scenarios):
    """After an outage, all events arrive at once, in the wrong order and repeatedly."""
    expected, scenario = scenarios(WHOLE)
    assert list(scenario)[-1] == "free"
    events = stripe.world.events
    deliver(*reversed(events), *events)
    assert final_state(SHUFFLED) == expected
    assert repository.find(SHUFFLED).version == len(events)
