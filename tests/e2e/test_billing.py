"""Stripe's messages all at the same time, on a table whose transactions are atomic."""

import random

import pytest

from imgopt import clock
from imgopt.billing import repository
from imgopt.errors import Unavailable
from tests.billing.billing_setup import become_customer, deliver, moment, open_shop, sign_up
from tests.billing.event_delivery import end_of, live_calmly
from tests.billing.scenario import STEPS, tell
from tests.billing.stripe_world import Object, World
from tests.e2e.auditing import at_once

WHOLE, AGAIN = len(STEPS), 10


@pytest.fixture
def stripe(storage, monkeypatch):
    with open_shop(monkeypatch) as double:
        monkeypatch.setattr(clock, "now", lambda: moment(double.world.now))
        yield double


def insist(event: Object) -> None:
    """As Stripe does: what was not taken is sent again."""
    while True:
        try:
            deliver(event)
        except Unavailable:
            continue
        return


@pytest.mark.parametrize("seed", [0])
def test_a_year_of_events_that_come_at_once_and_again_ends_as_the_year_did(stripe, seed):
    """While the story goes on, any events of what has happened so far come, and in the end all of them."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    calm, stormy, first_number = f"calm-{seed}", f"stormy-{seed}", 1_000_000 * (seed + 1)
    for user in (calm, stormy):
        sign_up(user)
    stripe.world = World(first_number)
    expected = live_calmly(stripe, calm, WHOLE - seed)
    world = stripe.world = World(first_number + 500_000)
    story = tell(world, become_customer(stripe, stormy), WHOLE - seed)

    def go_on() -> str | None:
        with stripe.lock:
            return next(story, None)

    going = go_on()
    while going:
        some = rng.choices(world.events, k=AGAIN)
        going, *_ = at_once(go_on, *[lambda event=event: insist(event) for event in some])
    everything = rng.sample(world.events * 2, 2 * len(world.events))
    at_once(*[lambda event=event: insist(event) for event in everything])
    assert end_of(stormy) == expected
    assert repository.find(stormy).version == len(world.events)
