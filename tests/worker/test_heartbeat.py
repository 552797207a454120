"""Signs of life: who waits keeps waiting, nobody else gets the order, and what is abandoned is let go."""

from threading import Event

import pytest

from gpu_container.worker import in_flight as deliveries
from gpu_container.worker.heartbeat import beat, beat_until
from gpu_container.worker.in_flight import Desk, Work
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
def work(world) -> Work:
    """Received in a way that others can receive it, too, unless it is extended."""
    world.order()
    message = queues.receive(world.urls[0], wait_seconds=0, visibility_seconds=0)
    return Work(message, orders.read(message.body))


def test_a_sign_of_life_keeps_the_order_from_others(world, work):
    beat(work, 30)
    assert (world.visible(), world.left(), work.is_settled) == (0, 1, False)


def test_what_nobody_waits_for_is_settled_and_taken_off(world, work):
    world.awaited.clear()
    beat(work, 30)
    assert (work.is_settled, world.left()) == (True, 0)


def test_what_was_answered_meanwhile_is_not_abandoned(world, work):
    world.awaited.clear()
    assert work.settle()
    beat(work, 30)
    assert (work.abandoned_at, world.left()) == (None, 1)


def test_what_was_given_back_meanwhile_is_not_kept_from_others(world, work, monkeypatch):
    monkeypatch.setattr("imgopt.storage.tasks.beat", lambda token: work.settle())
    beat(work, 30)
    assert world.visible() == 1


def test_all_orders_get_a_sign_in_each_round_even_if_one_can_not(world, monkeypatch):
    desk, signs = Desk(), []

    def sign(token):
        signs.append(token)
        if token == "token 1":
            raise Unavailable("busy")
        return True

    monkeypatch.setattr("imgopt.storage.tasks.beat", sign)
    for job_id in ("1", "2"):
        world.order(job_id)
    messages = [queues.receive(world.urls[0], wait_seconds=0, visibility_seconds=30) for _ in range(2)]
    first, second = (Work(message, orders.read(message.body)) for message in messages)
    rounds = Rounds(2)
    with desk.holding(first), desk.holding(second):
        beat_until(rounds, desk, 5, 30)
    assert sorted(signs) == ["token 1", "token 1", "token 2", "token 2"]
    assert rounds.pauses == [5, 5, 5]


def test_work_is_settled_by_one_alone(work):
    assert [work.settle(), work.settle(), work.abandon()] == [True, False, False]


def test_a_desk_knows_the_work_that_is_on_it_and_not_settled(work):
    desk = Desk()
    with desk.holding(work):
        assert desk.unsettled() == [work]
        work.settle()
        assert desk.unsettled() == []
    assert desk.unsettled() == []


def test_a_thread_hangs_that_goes_on_with_what_was_abandoned_long_ago(work, monkeypatch):
    desk, now = Desk(), [1000.0]
    monkeypatch.setattr(deliveries.time, "monotonic", lambda: now[0])
    with desk.holding(work):
        assert not desk.has_hung(300)
        work.abandon()
        assert not desk.has_hung(300)
        now[0] += 301
        assert desk.has_hung(300)
    assert not desk.has_hung(300)
