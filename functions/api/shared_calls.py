"""Deduplicates concurrent calls in this process: calls with the same key share one call and its result."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class SharedCalls(Generic[T]):
    """Calls under way, by key. A call continues if the task that began it is cancelled, as others may wait for it."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Task[T]] = {}

    async def run(self, key: Hashable, call: Callable[[], Awaitable[T]]) -> T:
        """The result of `call`, or of the running call with the same key. Raises what that call raises."""
        task = self._under_way.get(key)
        if task is None or task.get_loop() is not asyncio.get_running_loop():
            task = asyncio.ensure_future(self._begin(call))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)

    async def _begin(self, call: Callable[[], Awaitable[T]]) -> T:
        return await call()

    def _forget(self, key: Hashable, done: "asyncio.Task[T]") -> None:
        if self._under_way.get(key) is done:
            del self._under_way[key]
        if not done.cancelled():
            done.exception()  # all that waited have got the error: this marks it as retrieved
