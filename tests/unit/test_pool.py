"""Processes that are used again: the isolation of calls, and the end of a process."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from imgopt.errors import InvalidImage, TooCostly, TooLarge, Unavailable
from imgopt.sandbox import forking, pool
from imgopt.sandbox.budget import Budget
from imgopt.sandbox.pool import Pool

REFUSAL = "It can't be read."
ENOUGH = Budget(20, 1 << 30)
WORK = """
import os, sys, time
from imgopt.errors import TooLarge
from imgopt.sandbox import budget

kept = []
def double(data): return data * 2
def number(data): return str(os.getpid()).encode()
def left(data): return str(budget.current().seconds_left).encode()
def burn(data):
    while True: pass
def wait(data): time.sleep(60)
def nap(data): time.sleep(float(data)); return b""
def crash(data): os.kill(os.getpid(), 11)
def fail(data): raise KeyError("secret")
def refuse(data): raise TooLarge("Too many of them.")
def hog(data): return str(len(bytes(300 << 20))).encode()
def hold(data): kept.append(b"1" * (260 << 20)); return number(data)
def lie(data): os.write(3, b'{"bytes": 4, "is_last": false}' + bytes((10,)) + b"lies"); time.sleep(60)
def flood(data):
    while True: os.write(3, b"x" * (1 << 16))
def write(data):
    try: open("/tmp/pooled", "w")
    except OSError: return b"refused"
"""


@pytest.fixture(scope="module", autouse=True)
def work(tmp_path_factory: pytest.TempPathFactory):
    """A server of this file's own, which finds the functions above."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "pooled_work.py").write_text(WORK)
    sys.path.append(str(folder))
    forking.stop()
    yield
    forking.stop()
    sys.path.remove(str(folder))


@pytest.fixture
def workers():
    made = Pool(1)
    yield made
    made.close()


def call(workers: Pool, name: str, data: bytes = b"", budget: Budget = ENOUGH, seconds: float = 20) -> bytes:
    return workers.call(f"pooled_work:{name}", data, budget, seconds, REFUSAL)


def is_alive(number: bytes) -> bool:
    return Path(f"/proc/{int(number)}").exists()


def wait_for_end(number: bytes) -> None:
    deadline = time.monotonic() + 10
    while is_alive(number):
        assert time.monotonic() < deadline
        os.sched_yield()


def test_bytes_go_in_and_come_out(workers):
    data = os.urandom(3 << 20)
    assert call(workers, "double", data) == data * 2


def test_a_child_carries_out_call_after_call(workers):
    assert len({call(workers, "number") for _ in range(10)}) == 1


def test_a_child_is_replaced_after_so_many_calls(workers, monkeypatch):
    monkeypatch.setattr(pool, "CALLS", 3)
    numbers = [call(workers, "number") for _ in range(7)]
    assert [numbers.count(each) for each in dict.fromkeys(numbers)] == [3, 3, 1]
    wait_for_end(numbers[0])


def test_a_child_is_replaced_after_some_time(workers, monkeypatch):
    first = call(workers, "number")
    monkeypatch.setattr(pool, "LIFETIME_SECONDS", 0.0)
    assert call(workers, "number") != first


def test_each_call_has_its_own_computing_time(workers):
    call(workers, "double", budget=Budget(2, 1 << 30))
    assert float(call(workers, "left", budget=Budget(7, 1 << 30))) == pytest.approx(7, abs=0.5)


def test_computing_time_is_limited_by_the_kernel(workers):
    with pytest.raises(TooCostly, match="takes too long"):
        call(workers, "burn", budget=Budget(0.6, 1 << 30))
    assert call(workers, "double", b"1") == b"11"


def test_time_on_the_clock_ends_a_child(workers):
    number = call(workers, "number")
    with pytest.raises(TooCostly, match="takes too long"):
        call(workers, "wait", seconds=0.3)
    wait_for_end(number)
    assert call(workers, "double", b"1") == b"11"


@pytest.mark.parametrize("way", ["crash", "fail"])
def test_a_crash_or_failure_concerns_one_call_alone(workers, way):
    assert call(workers, "double", b"1") == b"11"
    with pytest.raises(InvalidImage, match=REFUSAL) as caught:
        call(workers, way)
    assert "secret" not in repr(caught.value.__cause__)
    assert call(workers, "double", b"1") == b"11"


def test_public_errors_come_back_and_keep_the_child(workers):
    number = call(workers, "number")
    with pytest.raises(TooLarge, match="Too many of them"):
        call(workers, "refuse")
    assert call(workers, "number") == number


def test_memory_is_limited_by_the_kernel(workers):
    with pytest.raises(TooCostly, match="more memory"):
        call(workers, "hog", budget=Budget(20, 100 << 20))


def test_a_child_that_holds_much_memory_is_replaced(workers):
    budget = Budget(20, 400 << 20)
    first = call(workers, "hold", budget=budget)
    assert call(workers, "number", budget=budget) != first


def test_an_answer_without_an_end_is_not_listened_to(workers):
    with pytest.raises(InvalidImage, match=REFUSAL):
        call(workers, "flood")


def test_an_answer_too_many_reaches_no_other_child(workers):
    """A child that was taken over answers what it likes, as long as it is asked."""
    assert call(workers, "lie") == b"lies"
    with pytest.raises((InvalidImage, TooCostly)):
        call(workers, "double", b"1", seconds=0.3)
    assert call(workers, "double", b"1") == b"11"


def test_files_stay_out_of_reach_in_later_calls_too(workers):
    if sys.platform != "linux":
        pytest.skip("confinement is Linux's")
    assert [call(workers, "write") for _ in range(2)] == [b"refused", b"refused"]


def test_no_more_are_carried_out_at_a_time_than_there_are_places(workers):
    with ThreadPoolExecutor(4) as threads:
        numbers = {*threads.map(lambda _: call(workers, "number"), range(20))}
    assert len(numbers) == 1


def test_a_place_is_waited_for_no_longer_than_a_call_may_take(workers):
    with ThreadPoolExecutor(1) as threads:
        busy = threads.submit(call, workers, "nap", b"0.6")
        while workers._places._value:
            os.sched_yield()
        with pytest.raises(Unavailable, match="Too many images"):
            call(workers, "double", b"1", seconds=0.1)
        busy.result()


def test_children_end_with_the_pool(workers):
    number = call(workers, "number")
    workers.close()
    wait_for_end(number)
