"""Tiles of several jobs in one batch: joined, split again, and without long waits."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Condition, Event

import numpy
import pytest

from gpu_container.worker.batching import Batching, share_networks
from imgopt.upscale.models import ANIME, X4PLUS, Device
from imgopt.upscale.runtime import Runtime

LONG = 3600
WINDOW = 0.005


class Network:
    """Doubles images. It holds the first batch until it is told to go on, and fails as `failure` says."""

    def __init__(self, failure: Callable[[numpy.ndarray], Exception | None] = lambda batch: None) -> None:
        self.failure = failure
        self.batches: list[list[float]] = []
        self.entered, self.go_on = Event(), Event()

    def __call__(self, batch: numpy.ndarray) -> numpy.ndarray:
        self.batches.append([float(image[0, 0, 0]) for image in batch])
        self.entered.set()
        self.go_on.wait()
        error = self.failure(batch)
        if error:
            raise error
        return batch.repeat(2, 2).repeat(2, 3)


class Hurried(Condition):
    """Says how long it would have waited, and goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait_for(self, predicate, timeout=None):
        if timeout is None:
            return super().wait_for(predicate)
        if not predicate():
            self.waits.append(timeout)
        return predicate()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(16) as pool:
        yield pool


def tile(value: float, width: int = 4, count: int = 1) -> numpy.ndarray:
    return numpy.full((count, 3, 2, width), value, numpy.float32)


class Crowd:
    """Calls that wait, in this order, while the network is busy with a first one of the value 0."""

    def __init__(self, threads: ThreadPoolExecutor, network: Network, batching: Batching) -> None:
        self.threads, self.network, self.batching = threads, network, batching
        self.calls = [threads.submit(batching, tile(0))]
        network.entered.wait()

    def add(self, *tiles: numpy.ndarray) -> None:
        for each in tiles:
            wanted = self.batching.waiting + 1
            self.calls.append(self.threads.submit(self.batching, each))
            with self.batching.changed:
                self.batching.changed.wait_for(lambda wanted=wanted: self.batching.waiting == wanted)

    def let_go(self) -> list[Future]:
        self.network.go_on.set()
        return self.calls


def crowd_of(threads, *tiles, network=None, limit=8) -> tuple[Network, list[Future]]:
    network = network or Network()
    crowd = Crowd(threads, network, Batching(network, limit, window=0))
    crowd.add(*tiles)
    return network, crowd.let_go()


def test_calls_that_wait_at_the_same_time_are_run_as_one(threads):
    network, calls = crowd_of(threads, tile(1), tile(2), tile(3))
    for value, call in enumerate(calls):
        assert numpy.array_equal(call.result(), numpy.full((1, 3, 4, 8), value))
    assert network.batches == [[0], [1, 2, 3]]


def test_calls_of_several_tiles_get_their_own_back(threads):
    network, calls = crowd_of(threads, tile(1, count=2), tile(2), tile(3, count=3))
    assert [call.result().mean(axis=(1, 2, 3)).tolist() for call in calls] == [[0], [1, 1], [2], [3, 3, 3]]
    assert network.batches == [[0], [1, 1, 2, 3, 3, 3]]


def test_no_batch_has_more_tiles_than_the_limit(threads):
    network, calls = crowd_of(threads, *map(tile, range(1, 6)), limit=2)
    assert [call.result().flat[0] for call in calls] == [0, 1, 2, 3, 4, 5]
    assert network.batches == [[0], [1, 2], [3, 4], [5]]


def test_a_call_beyond_the_limit_is_run_alone(threads):
    network, calls = crowd_of(threads, tile(1, count=5), tile(2), limit=4)
    assert [len(call.result()) for call in calls] == [1, 5, 1]
    assert network.batches == [[0], [1] * 5, [2]]


def test_tiles_of_other_shapes_are_run_apart_and_none_is_passed_over_twice(threads):
    network, calls = crowd_of(threads, tile(1), tile(2, width=6), tile(3), tile(4), tile(5, width=6), limit=2)
    assert [call.result().shape[3] for call in calls] == [8, 8, 12, 8, 8, 12]
    assert network.batches == [[0], [1, 3], [2, 5], [4]]


def test_an_error_reaches_all_who_were_in_the_batch_and_nobody_else(threads):
    broken = Network(lambda batch: ValueError("broken") if batch.max() == 2 else None)
    _, calls = crowd_of(threads, tile(1), tile(2), tile(3, width=6), network=broken)
    assert [type(call.exception()) for call in calls] == [type(None), ValueError, ValueError, type(None)]


def test_tiles_of_a_batch_are_each_tried_alone_if_memory_runs_out(threads):
    cramped = Network(lambda batch: MemoryError() if len(batch) > 1 or batch.max() == 2 else None)
    network, calls = crowd_of(threads, tile(1), tile(2), tile(3), network=cramped)
    assert [type(call.exception()) for call in calls] == [type(None), type(None), MemoryError, type(None)]
    assert network.batches == [[0], [1, 2, 3], [1], [2], [3]]


def test_batches_are_smaller_after_memory_ran_out(threads):
    cramped = Network(lambda batch: MemoryError() if len(batch) > 2 else None)
    network, calls = crowd_of(threads, *map(tile, range(1, 9)), network=cramped, limit=4)
    assert [call.result().flat[0] for call in calls] == list(range(9))
    assert network.batches == [[0], [1, 2, 3, 4], [1], [2], [3], [4], [5, 6], [7, 8]]


def test_a_network_that_loses_images_is_an_error_for_all(threads):
    losing = Network()
    batching = Batching(lambda batch: losing(batch)[:1], 8, window=0)
    crowd = Crowd(threads, losing, batching)
    crowd.add(tile(1), tile(2))
    first, *others = crowd.let_go()
    assert len(first.result()) == 1
    assert all("made 1 images of 2" in str(call.exception()) for call in others)


def test_thread_of_the_last_batch_is_waited_for(threads):
    network = Network()
    batching = Batching(network, 8, window=LONG)

    def twice() -> None:
        batching(tile(0))
        batching(tile(2))

    first = threads.submit(twice)
    network.entered.wait()
    second = threads.submit(batching, tile(1))
    with batching.changed:
        batching.changed.wait_for(lambda: batching.waiting == 1)
    network.go_on.set()
    first.result()
    second.result()
    assert network.batches == [[0], [1, 2]]


def test_absent_thread_is_waited_for_once_and_no_longer_than_the_window(threads):
    network, hurried = Network(), Hurried()
    network.go_on.set()
    batching = Batching(network, 8, WINDOW, hurried)
    batching(tile(0))
    threads.submit(lambda: [batching(tile(value)) for value in (1, 2, 3)]).result()
    assert hurried.waits == [WINDOW]


def test_a_thread_that_is_alone_waits_for_nobody():
    network, hurried = Network(), Hurried()
    network.go_on.set()
    batching = Batching(network, 8, WINDOW, hurried)
    for value in range(3):
        batching(tile(value))
    assert hurried.waits == []
    assert network.batches == [[0], [1], [2]]


def test_a_full_batch_waits_for_nobody(threads):
    network, hurried = Network(), Hurried()
    crowd = Crowd(threads, network, Batching(network, 2, WINDOW, hurried))
    crowd.add(tile(1), tile(2))
    for call in crowd.let_go():
        call.result()
    assert hurried.waits == []


def test_threads_all_get_their_own_results(threads):
    network = Network()
    network.go_on.set()
    batching = Batching(network, 8)

    def ask(number: int) -> bool:
        results = [batching(tile(number, width=2 + (number + turn) % 3)) for turn in range(40)]
        return all((result == number).all() for result in results)

    assert all(threads.map(ask, range(12)))
    assert sum(map(len, network.batches)) == 12 * 40


def runtime(device: Device, opened: list) -> Runtime:
    def open_on(model, device):
        opened.append(model)
        return Network()

    return Runtime(device, open_on)


def test_threads_on_a_gpu_share_a_batching_network():
    opened = []
    shared = share_networks(runtime(Device.CUDA, opened))
    assert isinstance(shared.open(ANIME), Batching)
    assert shared.open(ANIME) is shared.open(ANIME) is not shared.open(X4PLUS)
    assert opened == [ANIME, X4PLUS]


def test_networks_on_a_cpu_are_not_batched():
    assert isinstance(share_networks(runtime(Device.CPU, [])).open(ANIME), Network)
