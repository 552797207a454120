"""Delivers events in the wrong order and more than once, and has the expected final state."""

import random

from imgopt.billing import repository
from tests.billing.billing_setup import become_customer, deliver, user_item
from tests.billing.scenario import play
from tests.billing.stripe_double import StripeDouble
from tests.billing.stripe_world import Object, World


class EventDelivery:
    """Events on their way. Each is delivered in the end, but none when it should be, and some more than once."""

    def __init__(self, world: World, rng: random.Random) -> None:
        self.world, self.rng = world, rng
        self.waiting: list[Object] = []
        self.seen = 0

    def collect(self) -> None:
        self.waiting += self.world.events[self.seen :]
        self.seen = len(self.world.events)

    def deliver_one(self) -> None:
        event = self.waiting[self.rng.randrange(len(self.waiting))]
        if self.rng.random() < 0.6:
            self.waiting.remove(event)
        deliver(event)

    def deliver_some(self) -> None:
        self.collect()
        while self.waiting and self.rng.random() < 0.7:
            self.deliver_one()

    def deliver_rest(self) -> None:
        self.collect()
        while self.waiting:
            self.deliver_one()


def final_state(user: str) -> Object:
    """The stored state of a user's subscription, without its id."""
    subscription = {**vars(repository.find(user).standing.subscription), "id": ""}
    entitled = {name: user_item(user)[name] for name in ("tier", "tier_until", "period_start", "period_end")}
    return {**subscription, **entitled}


def play_in_order(stripe: StripeDouble, user: str, length: int) -> Object:
    """Every event right after what it tells of, and in order: the end that is right."""
    world, sent = stripe.world, 0
    for tier in play(world, become_customer(stripe, user), length):
        deliver(*world.events[sent:])
        sent = len(world.events)
        assert user_item(user)["tier"] == tier
    return final_state(user)
