"""A year of one subscription: each event, and the correct tier after it."""

from collections.abc import Callable, Iterator

from tests.billing.stripe_world import DAY, Object, World

Step = tuple[Callable[[World, Object], object], str]


def partial_refund(world: World, _: Object) -> None:
    world.refund(world.all("invoice")[0], 1)


def full_refund(world: World, _: Object) -> None:
    world.refund(world.all("invoice")[0])


def late_payment(world: World, subscription: Object) -> None:
    world.now += 3 * DAY
    world.recover(subscription)


STEPS: list[Step] = [
    (lambda world, it: world.renew(it), "starter"),
    (lambda world, it: world.switch(it, "price_pro"), "pro"),
    (lambda world, it: world.renew(it), "pro"),
    (lambda world, it: world.renew(it, paid=False), "pro"),
    (late_payment, "pro"),
    (lambda world, it: world.switch(it, "price_max"), "max"),
    (lambda world, it: world.renew(it), "max"),
    (partial_refund, "max"),
    (lambda world, it: world.change(it, cancel_at_period_end=True), "max"),
    (lambda world, it: world.change(it, cancel_at_period_end=False), "max"),
    (lambda world, it: world.renew(it), "max"),
    (lambda world, it: world.switch(it, "price_starter"), "starter"),
    (lambda world, it: world.renew(it, paid=False), "starter"),
    (lambda world, it: world.change(it, status="unpaid"), "free"),
    (lambda world, it: world.recover(it), "starter"),
    (lambda world, it: world.renew(it), "starter"),
    (full_refund, "free"),
    (lambda world, it: world.renew(it), "starter"),
    (lambda world, it: world.change(it, status="paused"), "free"),
    (lambda world, it: world.change(it, status="active"), "starter"),
    (lambda world, it: world.change(it, cancel_at_period_end=True), "starter"),
    (lambda world, it: world.end(it), "free"),
]


def play(world: World, customer: str, length: int) -> Iterator[str]:
    """Lets the first steps happen, one at each call; yields the tier that is right by then."""
    subscription = world.subscribe(customer)
    yield "starter"
    for happen, tier in STEPS[:length]:
        happen(world, subscription)
        yield tier
