"""Frame counts and durations of animations, from their headers."""

from collections.abc import Iterable
from dataclasses import dataclass

from imgopt.errors import TooLarge

# Browsers show a frame with a delay below 20 ms for 100 ms.
SHORTEST_MILLISECONDS, SHOWN_MILLISECONDS = 20, 100


@dataclass(frozen=True)
class Timing:
    """The number of frames, and the milliseconds of one play."""

    frames: int
    milliseconds: int

    @property
    def fps(self) -> float | None:
        """The mean frames per second; None for a still image."""
        return round(self.frames * 1000 / self.milliseconds, 2) if self.frames > 1 else None


STILL = Timing(1, 0)


def shown(milliseconds: int) -> int:
    """Returns how long browsers show a frame with this delay."""
    return milliseconds if milliseconds >= SHORTEST_MILLISECONDS else SHOWN_MILLISECONDS


def add_up(delays: Iterable[int], *, max_frames: int) -> Timing:
    """Adds up delays in milliseconds. Raises TooLarge for more than `max_frames`."""
    frames, total = 0, 0
    for delay in delays:
        frames, total = frames + 1, total + shown(delay)
        if frames > max_frames:
            raise TooLarge(f"Animation too long. At most {max_frames} frames are accepted.")
    return Timing(frames, total)
