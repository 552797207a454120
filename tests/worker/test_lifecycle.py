"""The whole worker: many threads, one signal to stop, and no lost order."""

import json
import signal
from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Event, Lock

import pytest

from gpu_container.worker import lifecycle
from gpu_container.worker.lifecycle import (
    THREAD_ENDED,
    await_threads,
    release_unsettled,
    run_worker,
    serve_and_report,
    watch,
)
from imgopt.storage import queues
from imgopt.storage.queues import Message
from tests.worker.conftest import RESULT, plan_of


@pytest.fixture
def held():
    """Work that can't be interrupted, until the test is over."""
    event = Event()
    yield event
    event.set()


class Line:
    """Messages for several threads at once, which the queues of this process are not made for."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.deleted: list[str] = []
        self.released: list[str] = []
        self.at_its_end: Callable[[], None] | None = None
        self._one_by_one = Lock()

    def receive(self, url, **_) -> Message | None:
        with self._one_by_one:
            if self.messages:
                return self.messages.pop(0)
            if self.at_its_end:
                self.at_its_end()
                self.at_its_end = None
            return None

    def release(self, message) -> None:
        """Notes it, and fails the first time."""
        self.released.append(message.id)
        if len(self.released) == 1:
            raise RuntimeError("unreachable")


@pytest.fixture
def line(world, monkeypatch) -> Line:
    line = Line()
    monkeypatch.setattr(queues, "receive_message", line.receive)
    monkeypatch.setattr(queues, "release", line.release)
    monkeypatch.setattr(queues, "delete", lambda message: line.deleted.append(message.id))
    monkeypatch.setattr(queues, "extend", lambda message, seconds: None)
    return line


def message(number: str) -> Message:
    body = {"token": f"token {number}", "plan": plan_of(number)}
    return Message("url", number, "receipt", json.dumps(body))


def asking_to_stop(world, then, *signals):
    """Work during which signals arrive, and which is over when something else happens."""

    def upscale(plan):
        for number in signals:
            world.events.put(number)
        then.wait()
        return RESULT

    return upscale


def settings(world, **changes):
    return replace(world.context, settings=world.context.settings.model_copy(update=changes))


def test_an_order_under_way_is_finished_and_answered(world):
    world.upscale = asking_to_stop(world, world.context.stop, signal.SIGTERM)
    world.order()
    assert run_worker(world.context, 1, world.events) == 0
    assert world.answers == [("token 1", RESULT)]
    assert world.left() == 0


def test_an_order_that_was_not_begun_stays_in_the_queue(world):
    world.upscale = asking_to_stop(world, world.context.stop, signal.SIGTERM)
    world.order("1")
    world.order("2")
    run_worker(world.context, 1, world.events)
    assert (len(world.carried_out), world.visible()) == (1, 1)


def test_an_order_that_takes_longer_than_the_grace_is_given_back_and_never_answered(world, held):
    world.upscale = asking_to_stop(world, held, signal.SIGTERM)
    world.order()
    assert run_worker(settings(world, grace_seconds=0), 1, world.events) == 0
    assert world.visible() == 1
    held.set()
    assert world.events.get() == THREAD_ENDED
    assert (world.answers, world.visible()) == ([], 1)


def test_a_second_signal_ends_the_grace(world, held):
    world.upscale = asking_to_stop(world, held, signal.SIGINT, signal.SIGINT)
    world.order()
    assert run_worker(world.context, 1, world.events) == 0
    assert (world.answers, world.visible()) == ([], 1)


def test_orders_are_given_back_even_if_one_can_not(world, line, held):
    begun = Barrier(2, action=lambda: world.events.put(signal.SIGTERM))

    def upscale(plan):
        begun.wait()
        held.wait()

    world.upscale = upscale
    world.awaited = {"token 1", "token 2"}
    line.messages += [message("1"), message("2")]
    run_worker(settings(world, grace_seconds=0), 2, world.events)
    assert sorted(line.released) == ["1", "2"]


def test_a_worker_without_work_ends_at_once(world, line):
    world.events.put(signal.SIGTERM)
    assert run_worker(world.context, 3, world.events) == 0


def test_threads_work_side_by_side_and_each_order_is_carried_out_by_one(world, line):
    numbers = [str(number) for number in range(12)]
    together = Barrier(4)

    def upscale(plan):
        together.wait()
        return RESULT

    world.awaited, world.upscale = {f"token {number}" for number in numbers}, upscale
    line.messages += map(message, numbers)
    line.at_its_end = lambda: world.events.put(signal.SIGTERM)
    run_worker(settings(world, queue_urls=("url",)), 4, world.events)
    assert sorted(world.carried_out) == sorted(line.deleted) == sorted(numbers)
    assert len(world.answers) == 12


def test_a_thread_that_ends_for_no_reason_ends_the_worker_as_a_failure(world, monkeypatch):
    monkeypatch.setattr(lifecycle, "serve_orders", lambda *_: None)
    assert run_worker(world.context, 2, world.events) == 1


def test_a_thread_that_crashes_says_so(world, monkeypatch):
    def crash(*_):
        raise SystemExit

    monkeypatch.setattr(lifecycle, "serve_orders", crash)
    with pytest.raises(SystemExit):
        serve_and_report(world.context, 0, world.events)
    assert world.events.get_nowait() == THREAD_ENDED


def test_the_health_file_is_touched_while_all_is_well(world):
    world.events.put(signal.SIGTERM)
    assert watch(world.context, world.events) == signal.SIGTERM
    assert world.context.settings.health_file.exists()


def test_the_health_file_grows_old_while_a_thread_hangs(world, monkeypatch):
    monkeypatch.setattr(world.context.in_flight, "has_hung", lambda seconds: True)
    world.events.put(signal.SIGTERM)
    watch(world.context, world.events)
    assert not world.context.settings.health_file.exists()


def test_the_health_file_is_touched_again_and_again(world, monkeypatch):
    touches = iter([False, False])

    def has_hung(seconds):
        world.context.settings.health_file.unlink(missing_ok=True)
        if next(touches, None) is None:
            world.events.put(signal.SIGTERM)
        return False

    monkeypatch.setattr(lifecycle, "ROUND_SECONDS", 0)
    monkeypatch.setattr(world.context.in_flight, "has_hung", has_hung)
    watch(world.context, world.events)
    assert world.context.settings.health_file.exists()


def test_threads_are_all_waited_for(world):
    for _ in range(3):
        world.events.put(THREAD_ENDED)
    await_threads(3, 3600, world.events)
    assert world.events.empty()


def test_no_order_is_given_back_where_none_is_left(world):
    assert release_unsettled(world.context.in_flight) == 0
