"""Concurrent messages of Stripe, on a table with atomic transactions."""

import random

import pytest

from imgopt import clock
from imgopt.billing import repository
from imgopt.errors import Unavailable
from tests.billing.billing_setup import become_customer, deliver, moment, set_up_billing, sign_up
from tests.billing.event_delivery import final_state, play_in_order
from tests.billing.scenario import STEPS, play
from tests.billing.stripe_world import Object, World
from tests.e2e.auditing import at_once

WHOLE, AGAIN = len(STEPS), 5


@pytest.fixture
def stripe(own_table, monkeypatch):
    with set_up_billing(monkeypatch) as double:
        monkeypatch.setattr(clock, "now", lambda: moment(double.world.now))
        yield double


def insist(event: Object) -> None:
    """Sends an event again until it is accepted, as Stripe does."""
    while True:
        try:
            deliver(event)
        except Unavailable:
            continue
        return


@pytest.mark.parametrize("seed", [0])
def test_a_year_of_events_that_come_at_once_and_again_ends_as_the_year_did(stripe, seed):
    """While the scenario continues, some of its past events arrive at any time. In the end all of them arrive."""
    rng = random.Random(seed)
    in_order, concurrent, first_number = f"in-order-{seed}", f"at-once-{seed}", 1_000_000 * (seed + 1)
    for user in (in_order, concurrent):
        sign_up(user)
    stripe.world = World(first_number)
    expected = play_in_order(stripe, in_order, WHOLE - seed)
    world = stripe.world = World(first_number + 500_000)
    scenario = play(world, become_customer(stripe, concurrent), WHOLE - seed)

    def go_on() -> str | None:
        with stripe.lock:
            return next(scenario, None)

    going = go_on()
    while going:
        some = rng.choices(world.events, k=AGAIN)
        going, *_ = at_once(go_on, *[lambda event=event: insist(event) for event in some])
    everything = rng.sample(world.events * 2, 2 * len(world.events))
    at_once(*[lambda event=event: insist(event) for event in everything])
    assert final_state(concurrent) == expected
    assert repository.find(concurrent).version == len(world.events)
