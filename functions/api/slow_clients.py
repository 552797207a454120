"""Whether a client gets on: with the head of its request, with the body, and with taking the answer."""

from dataclasses import dataclass
from enum import Enum, auto


class Phase(Enum):
    """What a connection waits for its client to do."""

    HEAD = auto()  # to say what it wants
    BODY = auto()  # to send what it announced
    REST = auto()  # to send the rest of a body that nobody reads any more
    ANSWER = auto()  # to take what it asked for


@dataclass(frozen=True)
class ClientLimits:
    """`head` seconds for a whole head, or for the rest of a body. No byte for `stall` seconds ends the other phases.

    So does a mean of less than `rate` bytes a second, once the phase has lasted for `stall` seconds.
    """

    head: float
    stall: float
    rate: float


class SlowClientDetector:
    """Of one connection, by the bytes that the client has sent or taken, whenever these are looked at."""

    def __init__(self, limits: ClientLimits) -> None:
        self._limits = limits
        self._phase: Phase | None = None
        self._began = self._moved_at = 0.0
        self._first = self._last = 0

    def is_too_slow(self, now: float, phase: Phase | None, count: int) -> bool:
        """`phase` is None while the client has nothing to do."""
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
