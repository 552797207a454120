"""Events of a year that come in any order, several times, and in the midst of each other: the end is the right one.

Here one follows on the other, also within the other, as the seed has it; tests/e2e has them at the same time.
"""

import random
from collections.abc import Iterator

import pytest

from imgopt import clock
from imgopt.billing import repository
from tests.billing.billing_setup import become_customer, deliver, moment, open_shop, sign_up
from tests.billing.event_delivery import Post, end_of, live_calmly
from tests.billing.scenario import STEPS, tell
from tests.billing.stripe_world import World

WHOLE = len(STEPS)
CALM, STORMY = "calm-user", "stormy-user"


@pytest.fixture
def stripe(aws, monkeypatch):
    with open_shop(monkeypatch) as double:
        monkeypatch.setattr(clock, "now", lambda: moment(double.world.now))
        for user in (CALM, STORMY):
            sign_up(user)
        yield double


@pytest.fixture
def live(stripe):
    """The right end of the story, of which the other user is at the beginning, in a world with other ids."""

    def tell_first(length: int):
        stripe.world = World(first_number=100_000)
        expected = live_calmly(stripe, CALM, length)
        stripe.world = World()
        return expected, tell(stripe.world, become_customer(stripe, STORMY), length)

    return tell_first


@pytest.mark.parametrize("seed", range(4))
def test_events_in_any_order_lead_to_the_same_state(stripe, live, seed):
    rng = random.Random(seed)  # noqa: S311 - no secret
    expected, story = live(rng.randrange(4, WHOLE + 1))
    post = Post(stripe.world, rng)
    for _ in story:
        post.deliver_some()
    post.deliver_rest()
    assert end_of(STORMY) == expected


@pytest.mark.parametrize("seed", range(4))
def test_events_during_requests_to_stripe_lead_to_the_same_state(stripe, live, seed):
    rng = random.Random(seed)  # noqa: S311 - no secret
    expected, story = live(rng.randrange(4, WHOLE + 1))
    post = Post(stripe.world, rng)
    stripe.on_answer = Interruptions(post, story, rng)
    for _ in story:
        post.deliver_some()
    stripe.on_answer = lambda path: None
    post.deliver_rest()
    assert end_of(STORMY) == expected


class Interruptions:
    """While an answer is on its way, which is old by then: more happens, and other events come."""

    def __init__(self, post: Post, story: Iterator[str], rng: random.Random) -> None:
        self.post, self.story, self.rng = post, story, rng
        self.depth = 0

    def __call__(self, path: str) -> None:
        if self.depth > 2 or self.rng.random() > 0.4:
            return
        self.depth += 1
        next(self.story, None)
        self.post.deliver_some()
        self.depth -= 1


def test_a_whole_year_at_once_ends_as_the_year_did(stripe, live):
    """As after an outage: nothing came while it happened, and then everything comes, in the wrong order and again."""
    expected, story = live(WHOLE)
    assert list(story)[-1] == "free"
    events = stripe.world.events
    deliver(*reversed(events), *events)
    assert end_of(STORMY) == expected
    assert repository.find(STORMY).version == len(events)
