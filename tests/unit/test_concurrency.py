"""Concurrent calls: their results, and that none waits for ever."""

from contextvars import ContextVar
from threading import Barrier, Event, Lock, current_thread

import pytest

from imgopt.concurrency import Shared, once, run_all
from imgopt.errors import NotFound, Unavailable

asked_by: ContextVar[str] = ContextVar("asked_by", default="nobody")


def test_answers_come_in_the_order_of_the_calls():
    assert [each.take() for each in run_all([lambda number=number: number for number in range(40)])] == list(range(40))


def test_empty_list_of_calls_has_no_outcomes():
    assert run_all([]) == []


def test_call_without_a_limit_of_time_runs_in_the_thread_that_asks():
    (outcome,) = run_all([current_thread])
    assert outcome.take() is current_thread()


def test_call_with_a_limit_of_time_runs_in_another_thread():
    (outcome,) = run_all([current_thread], seconds=60)
    assert outcome.take() is not current_thread()


def test_calls_are_under_way_at_the_same_time():
    meeting = Barrier(3, timeout=30)
    assert sorted(each.take() for each in run_all([meeting.wait] * 3)) == [0, 1, 2]


def test_no_more_than_so_many_are_under_way_at_the_same_time():
    lock, under_way, most = Lock(), [], []

    def work() -> None:
        with lock:
            under_way.append(1)
            most.append(len(under_way))
        with lock:
            under_way.pop()

    run_all([work] * 30, at_once=2)
    assert (len(most), max(most) <= 2) == (30, True)


class Killed(BaseException):
    pass


@pytest.mark.parametrize("error", [NotFound("no"), ZeroDivisionError(), Killed()])
def test_an_error_is_raised_where_the_answer_is_taken(error):
    def fail() -> None:
        raise error

    good, bad = run_all([lambda: 1, fail])
    assert good.take() == 1
    with pytest.raises(type(error)):
        bad.take()


def test_slow_calls_are_given_up_and_waiting_ones_never_begin():
    release, begun = Event(), []

    def hang(name: str) -> None:
        begun.append(name)
        release.wait(60)

    outcomes = run_all([lambda: hang("first"), lambda: hang("second")], seconds=0.05, at_once=1)
    for outcome in outcomes:
        with pytest.raises(Unavailable):
            outcome.take()
    release.set()
    assert outcomes[0].ended.wait(30)
    assert begun == ["first"]


def test_calls_know_in_whose_name_they_are_made():
    asked_by.set("somebody")
    (outcome,) = run_all([asked_by.get])
    assert outcome.take() == "somebody"


def test_shared_value_is_made_once_however_many_request_it():
    asked, released = [], Event()

    @once
    def make(name: str) -> object:
        asked.append(name)
        released.wait(0.05)  # others would come in between
        return object()

    made = run_all([lambda: make("a")] * 8)
    assert (len({id(each.take()) for each in made}), asked) == (1, ["a"])
    make("b")
    make.cache_clear()
    make("a")
    assert asked == ["a", "b", "a"]


def test_recently_read_value_is_not_read_again():
    read, shared = iter(range(9)), Shared(seconds=60)
    assert [shared.get(lambda: next(read)) for _ in range(3)] == [0, 0, 0]
    shared.seconds = 0
    assert [shared.get(lambda: next(read)) for _ in range(3)] == [1, 2, 3]


def test_failed_read_is_repeated_by_the_next_caller():
    shared = Shared(seconds=60)
    with pytest.raises(Unavailable):
        shared.get(lambda: (_ for _ in ()).throw(Unavailable("busy")))
    assert shared.get(lambda: 1) == 1
