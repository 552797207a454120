"""One thread of the worker: from a message to its answer, with interruptions."""

import json
from dataclasses import replace
from threading import Event

import pytest

from gpu_container.worker import serving
from gpu_container.worker.serving import MOST_DELIVERIES, polls, serve_next, serve_orders
from imgopt.errors import InvalidImage, Unavailable
from imgopt.storage import clients, queues
from imgopt.workflow import reasons
from imgopt.workflow.orders import InvalidOrder
from tests.worker.conftest import RESULT, plan_of


class Stop(Event):
    """Notes the pauses that are made, and stops in the last one."""

    def __init__(self, pauses: int) -> None:
        super().__init__()
        self.last, self.pauses = pauses, []

    def wait(self, timeout=None):
        self.pauses.append(timeout)
        if len(self.pauses) == self.last:
            self.set()


def test_an_order_is_carried_out_answered_and_taken_off_the_queue(world):
    world.order()
    serve_next(world.context, 0)
    assert world.answers == [("token 1", RESULT)]
    assert world.left() == 0


def test_an_order_that_fails_is_answered_and_taken_off_the_queue(world):
    def upscale(plan):
        raise InvalidImage("damaged")

    world.upscale = upscale
    world.order()
    serve_next(world.context, 0)
    assert world.answers == [("token 1", "InvalidImage", {"errorMessage": "damaged"})]
    assert world.left() == 0


def test_an_empty_queue_is_no_error(world):
    serve_next(world.context, 0)
    assert world.answers == []


def test_an_order_that_nobody_waits_for_is_taken_off_without_work(world):
    world.order()
    world.awaited.clear()
    serve_next(world.context, 0)
    assert (world.carried_out, world.left()) == ([], 0)


def test_an_order_that_nobody_waits_for_by_its_end_is_not_answered(world):
    def upscale(plan):
        (delivery,) = world.context.in_flight.unsettled()
        assert delivery.abandon()
        return RESULT

    world.upscale = upscale
    world.order()
    serve_next(world.context, 0)
    assert world.answers == []


def test_an_order_that_comes_again_after_its_answer_is_taken_off(world):
    world.order()
    serve_next(world.context, 0)
    queues.send(world.urls[0], {"token": "token 1", "plan": plan_of("1")})
    serve_next(world.context, 0)
    assert (world.answers, world.left()) == ([("token 1", RESULT)], 0)


def test_an_order_whose_answer_did_not_get_through_comes_again(world, monkeypatch):
    def fail(*_):
        raise Unavailable("busy")

    monkeypatch.setattr("imgopt.storage.task_tokens.succeed", fail)
    world.order()
    with pytest.raises(Unavailable):
        serve_next(world.context, 0)
    assert (world.visible(), world.left()) == (0, 1)


def test_a_message_that_is_no_order_stays_for_the_queue_to_give_up(world):
    queues.send(world.urls[0], {"hello": "world"})
    with pytest.raises(InvalidOrder):
        serve_next(world.context, 0)
    assert (world.visible(), world.left()) == (0, 1)


def test_a_message_that_comes_when_the_worker_is_to_stop_is_given_back(world, monkeypatch):
    receive = queues.receive_message

    def receive_late(*arguments, **options):
        world.context.stop.set()
        return receive(*arguments, **options)

    monkeypatch.setattr(queues, "receive_message", receive_late)
    world.order()
    serve_next(world.context, 0)
    assert (world.carried_out, world.visible()) == ([], 1)


def test_a_worker_that_is_to_stop_asks_for_nothing(world, monkeypatch):
    monkeypatch.setattr(queues, "receive_message", None)
    world.context.stop.set()
    serve_next(world.context, 0)
    serve_orders(world.context, 0)


def test_the_first_queue_goes_before_the_others(world):
    world.order("later", queue=1)
    world.order("first", queue=0)
    for _ in range(2):
        serve_next(world.context, 0)
    assert world.carried_out == ["first", "later"]


def test_threads_wait_at_different_queues_after_a_look_at_all(world):
    settings = world.context.settings.model_copy(update={"queue_urls": ("a", "b"), "wait_seconds": 5})
    assert [list(polls(settings, number))[-1] for number in range(4)] == [("a", 5), ("b", 5), ("a", 5), ("b", 5)]
    assert list(polls(settings, 1)) == [("a", 0), ("b", 0), ("b", 5)]


def test_a_single_queue_is_only_waited_at(world):
    settings = world.context.settings.model_copy(update={"queue_urls": ("a",), "wait_seconds": 5})
    assert list(polls(settings, 3)) == [("a", 5)]


def test_a_thread_goes_on_after_failures_with_growing_pauses(world, monkeypatch, log):
    def crash(*_):
        raise RuntimeError("crashed")

    monkeypatch.setattr(serving, "serve_next", crash)
    stop = Stop(8)
    serve_orders(replace(world.context, stop=stop), 0)
    assert stop.pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert "crashed" in log()[0]["exception"]


def test_pauses_are_short_again_once_something_worked(world, monkeypatch):
    outcomes = iter([RuntimeError(), RuntimeError(), None, RuntimeError()])

    def take(*_):
        error = next(outcomes)
        if error:
            raise error

    monkeypatch.setattr(serving, "serve_next", take)
    stop = Stop(3)
    serve_orders(replace(world.context, stop=stop), 0)
    assert stop.pauses == [1, 2, 1]


def test_a_queue_that_does_not_exist_is_no_end(world):
    clients.sqs().delete_queue(QueueUrl=world.urls[0])
    stop = Stop(2)
    serve_orders(replace(world.context, stop=stop), 0)
    assert stop.pauses == [1, 2]


def test_an_order_that_was_the_end_of_three_workers_is_given_up(world):
    """No worker tries the order a fourth time, and its job no longer waits."""
    world.order()
    for _ in range(MOST_DELIVERIES):
        queues.release(queues.receive_message(world.urls[0], wait_seconds=0, visibility_seconds=45))
    serve_next(world.context, 0)
    ((_, error, cause),) = world.answers
    assert (error, world.carried_out, world.left()) == ("Interrupted", [], 0)
    assert "three times" in reasons.public_reason(error, json.dumps(cause))


def test_an_order_that_comes_for_the_third_time_is_carried_out(world):
    world.order()
    for _ in range(MOST_DELIVERIES - 1):
        queues.release(queues.receive_message(world.urls[0], wait_seconds=0, visibility_seconds=45))
    serve_next(world.context, 0)
    assert world.answers == [("token 1", RESULT)]
