"""Batches the tiles of several jobs: GPUs run one large batch faster than several small ones."""

from dataclasses import dataclass, field, replace
from itertools import accumulate
from threading import Condition, Lock, get_ident
from typing import TYPE_CHECKING

from imgopt.upscale.models import Device, Model
from imgopt.upscale.runtime import Network, Runtime

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Array = NDArray[numpy.float32]

LIMITS = {Device.CPU: 1, Device.CUDA: 8}
WINDOW_SECONDS = 0.005


def share_networks(runtime: Runtime) -> Runtime:
    """A runtime on the same device whose networks all threads share, and which batches calls if that is faster."""
    networks: dict[Model, Network] = {}
    opening = Lock()
    limit = LIMITS[runtime.device]

    def open_shared(model: Model, device: Device) -> Network:
        with opening:
            if model not in networks:
                network = runtime.open_on(model, device)
                networks[model] = network if limit == 1 else Batching(network, limit)
            return networks[model]

    return replace(runtime, open_on=open_shared)


@dataclass(eq=False)
class Call:
    """The tiles of one thread, of shape (n, 3, height, width), and later their result or an error."""

    tiles: "Array"
    caller: int = field(default_factory=get_ident)
    result: "Array | None" = None
    error: BaseException | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.tiles.shape[1:]

    @property
    def is_answered(self) -> bool:
        return self.result is not None or self.error is not None

    def take(self) -> "Array":
        if self.result is None:
            raise self.error or RuntimeError("the call was not answered")
        return self.result


class Batching:
    """A network that runs one batch at a time, made of calls of several threads whose tiles have the same shape.

    The thread that has waited longest runs the next batch. It contains waiting calls in order of arrival, with at most
    `limit` tiles. Before that, the thread waits up to `window` seconds for the threads of the last batch. A single
    thread does not wait. An error is raised in all threads of a batch. If memory runs out, each call is run alone, and
    later batches are half as large.
    """

    def __init__(
        self, network: Network, limit: int, window: float = WINDOW_SECONDS, changed: Condition | None = None
    ) -> None:
        self._network, self._limit, self._window = network, limit, window
        self.changed = changed or Condition()
        self._waiting: list[Call] = []
        self._running = False
        self._last: tuple[tuple[int, ...], frozenset[int]] = (), frozenset()

    def __call__(self, batch: "Array", /) -> "Array":
        call = Call(batch)
        with self.changed:
            self._waiting.append(call)
            self.changed.notify_all()
            self.changed.wait_for(lambda: call.is_answered or self._is_next(call))
            group = [] if call.is_answered else self._gather(call)
        if group:
            self._run(group)
        return call.take()

    @property
    def waiting(self) -> int:
        """The number of calls that wait for a batch."""
        return len(self._waiting)

    def _is_next(self, call: Call) -> bool:
        return not self._running and self._waiting[0] is call

    def _gather(self, first: Call) -> list[Call]:
        self.changed.wait_for(lambda: self._is_complete(first), self._window)
        group = self._joinable(first)
        self._waiting = [call for call in self._waiting if call not in group]
        self._last = first.shape, frozenset(call.caller for call in group)
        self._running = True
        return group

    def _is_complete(self, first: Call) -> bool:
        shape, callers = self._last
        awaited = callers if shape == first.shape else frozenset()
        present = self._joinable(first)
        is_full = sum(len(call.tiles) for call in present) >= self._limit
        return is_full or awaited <= {call.caller for call in self._waiting}

    def _joinable(self, first: Call) -> list[Call]:
        alike = [call for call in self._waiting if call.shape == first.shape]
        totals = accumulate(len(call.tiles) for call in alike)
        return [call for call, total in zip(alike, totals, strict=True) if call is first or total <= self._limit]

    def _run(self, group: list[Call]) -> None:
        try:
            self._answer(group)
        finally:
            with self.changed:
                self._running = False
                self.changed.notify_all()

    def _answer(self, group: list[Call]) -> None:
        try:
            for call, result in zip(group, self._infer(group), strict=True):
                call.result = result
        except MemoryError as error:
            if len(group) == 1:
                group[0].error = error
                return
            self._limit = max(1, self._limit // 2)
            for call in group:
                self._answer([call])
        except BaseException as error:  # for any error, as no thread may wait forever
            for call in group:
                call.error = error

    def _infer(self, group: list[Call]) -> "list[Array]":
        import numpy

        tiles = [call.tiles for call in group]
        results = self._network(numpy.concatenate(tiles) if len(tiles) > 1 else tiles[0])
        sizes = [len(call.tiles) for call in group]
        if len(results) != sum(sizes):
            raise ValueError(f"the network made {len(results)} images of {sum(sizes)}")
        return numpy.split(results, list(accumulate(sizes))[:-1])
