"""Invocations beyond a function's reserved concurrency."""

from collections.abc import Iterator
from queue import Queue
from threading import Thread

import pytest
from ministack.services import lambda_svc

from local.emulator.reserved_concurrency import InvocationQueues

NAMES = ("a", "b")
SECONDS = 10
MOST, NEVER = 100, 1000


@pytest.fixture
def queues() -> Iterator[InvocationQueues]:
    yield queues_of(at_once=MOST)
    assert lambda_svc.executions_in_flight() == (0, {})


def queues_of(**options: float) -> InvocationQueues:
    return InvocationQueues(lambda_svc._acquire_execution_slot, lambda_svc._release_execution_slot, **options)


class Invocations:
    """Threads that wait for turns of a function; `begun` has their numbers and keys as their turns come."""

    def __init__(self, queues: InvocationQueues, name: str, at_once: int | None) -> None:
        self.queues, self.begun = queues, Queue()
        self.function = {"concurrency": at_once}
        self.config = {
            "FunctionName": name,
            "FunctionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}",
        }

    def ask(self) -> tuple:
        return self.queues.acquire(self.function, self.config)

    def wait(self, number: int) -> None:
        """Returns when the invocation is in line."""
        line = self.queues._queues[self.config["FunctionName"]].waiting
        length = len(line)
        Thread(target=lambda: self.begun.put((number, self.ask()[0])), daemon=True).start()
        while len(line) == length:
            pass

    def next(self) -> tuple:
        return self.begun.get(timeout=SECONDS)


def test_invocations_over_the_limit_begin_in_the_order_of_coming(queues):
    function = Invocations(queues, "a", at_once=1)
    key, _ = function.ask()
    for number in range(5):
        function.wait(number)
    seen = []
    for _ in range(5):
        assert function.begun.empty()
        queues.release(key)
        number, key = function.next()
        seen.append(number)
    queues.release(key)
    assert seen == [0, 1, 2, 3, 4]


def test_a_waiting_invocation_is_not_passed_by_a_later_one(queues):
    function = Invocations(queues, "a", at_once=1)
    key, _ = function.ask()
    function.wait(1)
    function.wait(2)
    queues.release(key)
    number, key = function.next()
    function.wait(3)
    queues.release(key)
    assert (number, function.begun.get(timeout=SECONDS)[0]) == (1, 2)
    queues.release(key)
    assert function.next()[0] == 3
    queues.release(key)


def test_functions_wait_for_their_own_alone(queues):
    first, second = (Invocations(queues, name, at_once=1) for name in NAMES)
    key, _ = first.ask()
    first.wait(1)
    other, limit = second.ask()
    assert limit is None
    queues.release(other)
    assert first.begun.empty()
    queues.release(key)
    queues.release(first.next()[1])


def test_a_limit_that_was_raised_counts_from_the_next_end_on(queues):
    function = Invocations(queues, "a", at_once=1)
    key, _ = function.ask()
    function.wait(1)
    function.wait(2)
    function.function["concurrency"] = 3
    queues.release(key)
    assert {function.next()[0], function.next()[0]} == {1, 2}
    for _ in range(2):
        queues.release(key)


def test_a_function_without_a_limit_never_waits(queues):
    function = Invocations(queues, "a", at_once=None)
    keys = [function.ask()[0] for _ in range(20)]
    for key in keys:
        queues.release(key)


def test_a_function_that_is_switched_off_is_refused(queues):
    assert Invocations(queues, "a", at_once=0).ask() == (None, "function")


def test_the_limit_of_the_account_is_waited_for_by_functions_that_have_one_themselves(queues, monkeypatch):
    monkeypatch.setattr(lambda_svc, "_ACCOUNT_CONCURRENCY_CAP", 1)
    limited, unlimited = Invocations(queues, "a", at_once=5), Invocations(queues, "b", at_once=None)
    key, _ = unlimited.ask()
    assert unlimited.ask() == (None, "account")
    limited.wait(1)
    queues.release(key)
    queues.release(limited.next()[1])


def test_an_invocation_waits_for_a_process_while_others_are_done():
    queues = queues_of(at_once=1, timeout=NEVER)
    function = Invocations(queues, "a", at_once=5)
    key, _ = function.ask()
    function.wait(1)
    assert function.begun.empty()
    queues.release(key)
    assert function.next()[0] == 1
    queues.release(key)


def test_another_process_is_started_where_none_is_done():
    queues = queues_of(at_once=1, timeout=0.01)
    function = Invocations(queues, "a", at_once=2)
    key, _ = function.ask()
    begun = Thread(target=lambda: function.begun.put((1, function.ask()[0])), daemon=True)
    begun.start()
    assert function.next()[0] == 1
    for _ in range(2):
        queues.release(key)


def test_a_process_that_was_started_is_used_without_waiting():
    queues = queues_of(at_once=1, timeout=0.01)
    function = Invocations(queues, "a", at_once=2)
    for _ in range(2):
        key, _ = function.ask()
    for _ in range(2):
        queues.release(key)
    queues._patience = NEVER
    assert [function.ask(), function.ask()] == [(key, None)] * 2
    for _ in range(2):
        queues.release(key)
