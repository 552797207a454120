"""Heartbeats: an order stays with its worker, and abandoned orders are released."""

from threading import Event

import pytest

from gpu_container.worker import in_flight as in_flight_module
from gpu_container.worker.heartbeat import send_heartbeat, send_heartbeats
from gpu_container.worker.in_flight import Delivery, InFlight
from imgopt.errors import Unavailable
from imgopt.storage import queues
from imgopt.workflow import orders


class Rounds(Event):
    """Ends after so many rounds."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count, self.pauses = count, []

    def wait(self, timeout=None):
        self.pauses.append(timeout)
        return len(self.pauses) > self.count


@pytest.fixture
def delivery(world) -> Delivery:
    """Received in a way that others can receive it, too, unless it is extended."""
    world.order()
    message = queues.receive_message(world.urls[0], wait_seconds=0, visibility_seconds=0)
    return Delivery(message, orders.read(message.body))


def test_a_heartbeat_keeps_the_order_from_others(world, delivery):
    send_heartbeat(delivery, 30)
    assert (world.visible(), world.left(), delivery.is_settled) == (0, 1, False)


def test_a_delivery_that_nobody_waits_for_is_settled_and_taken_off(world, delivery):
    world.awaited.clear()
    send_heartbeat(delivery, 30)
    assert (delivery.is_settled, world.left()) == (True, 0)


def test_a_delivery_that_was_answered_meanwhile_is_not_abandoned(world, delivery):
    world.awaited.clear()
    assert delivery.settle()
    send_heartbeat(delivery, 30)
    assert (delivery.abandoned_at, world.left()) == (None, 1)


def test_a_delivery_that_was_given_back_meanwhile_is_not_kept_from_others(world, delivery, monkeypatch):
    monkeypatch.setattr("imgopt.storage.task_tokens.beat", lambda token: delivery.settle())
    send_heartbeat(delivery, 30)
    assert world.visible() == 1


def test_heartbeats_are_sent_for_all_orders_in_each_round_even_if_one_can_not(world, monkeypatch):
    in_flight, tokens = InFlight(), []

    def beat(token):
        tokens.append(token)
        if token == "token 1":
            raise Unavailable("busy")
        return True

    monkeypatch.setattr("imgopt.storage.task_tokens.beat", beat)
    for job_id in ("1", "2"):
        world.order(job_id)
    messages = [queues.receive_message(world.urls[0], wait_seconds=0, visibility_seconds=30) for _ in range(2)]
    first, second = (Delivery(message, orders.read(message.body)) for message in messages)
    rounds = Rounds(2)
    with in_flight.holding(first), in_flight.holding(second):
        send_heartbeats(rounds, in_flight, 5, 30)
    assert sorted(tokens) == ["token 1", "token 1", "token 2", "token 2"]
    assert rounds.pauses == [5, 5, 5]


def test_a_delivery_is_settled_by_one_alone(delivery):
    assert [delivery.settle(), delivery.settle(), delivery.abandon()] == [True, False, False]


def test_deliveries_in_flight_are_those_held_and_not_settled(delivery):
    in_flight = InFlight()
    with in_flight.holding(delivery):
        assert in_flight.unsettled() == [delivery]
        delivery.settle()
        assert in_flight.unsettled() == []
    assert in_flight.unsettled() == []


def test_a_thread_hangs_that_goes_on_with_what_was_abandoned_long_ago(delivery, monkeypatch):
    in_flight, now = InFlight(), [1000.0]
    monkeypatch.setattr(in_flight_module.time, "monotonic", lambda: now[0])
    with in_flight.holding(delivery):
        assert not in_flight.has_hung(300)
        delivery.abandon()
        assert not in_flight.has_hung(300)
        now[0] += 301
        assert in_flight.has_hung(300)
    assert not in_flight.has_hung(300)
