"""Detects clients that are too slow at sending headers or a body, or at receiving an answer."""

from dataclasses import dataclass
from enum import Enum, auto


class Phase(Enum):
    """What the client of a connection has to do now."""

    HEAD = auto()  # send a request's headers
    BODY = auto()  # send a request's body
    REST = auto()  # send the rest of a body that is no longer read
    ANSWER = auto()  # receive the answer


@dataclass(frozen=True)
class ClientLimits:
    """Limits of the phases HEAD and REST: `head` seconds in all. Limits of BODY and ANSWER: `stall` and `rate`.

    A client is too slow if it has moved no byte for `stall` seconds, or fewer than `rate` bytes a second on average
    once the phase has lasted for `stall` seconds.
    """

    head: float
    stall: float
    rate: float


class SlowClientDetector:
    """Judges one connection by the number of bytes that the client has sent or received at each check."""

    def __init__(self, limits: ClientLimits) -> None:
        self._limits = limits
        self._phase: Phase | None = None
        self._began = self._moved_at = 0.0
        self._first = self._last = 0

    def is_too_slow(self, now: float, phase: Phase | None, count: int) -> bool:
        """Whether the client is too slow at the time `now` in seconds, after `count` bytes. None is no phase."""
        if phase is not self._phase:
            self._phase, self._began, self._moved_at = phase, now, now
            self._first = self._last = count
        if count != self._last:
            self._moved_at, self._last = now, count
        return phase is not None and self._exceeds(phase, now - self._began, now - self._moved_at)

    def _exceeds(self, phase: Phase, seconds: float, still: float) -> bool:
        if phase in (Phase.HEAD, Phase.REST):
            return seconds > self._limits.head
        moved, least = self._last - self._first, self._limits.rate * (seconds - self._limits.stall)
        return still > self._limits.stall or moved < least
