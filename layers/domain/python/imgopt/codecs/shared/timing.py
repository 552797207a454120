"""How many frames an animation has and how long they are shown, told from its headers."""

from collections.abc import Iterable
from dataclasses import dataclass

from imgopt.errors import TooLarge

# Browsers show a frame whose delay is under 20 ms for 100 ms.
SHORTEST_MILLISECONDS, SHOWN_MILLISECONDS = 20, 100


@dataclass(frozen=True)
class Timing:
    """A number of frames and the milliseconds that one play of them is shown."""

    frames: int
    milliseconds: int

    @property
    def fps(self) -> float | None:
        """Frames in a second on average, None for a still image."""
        return round(self.frames * 1000 / self.milliseconds, 2) if self.frames > 1 else None


STILL = Timing(1, 0)


def shown(milliseconds: int) -> int:
    """How long browsers show a frame of this delay."""
    return milliseconds if milliseconds >= SHORTEST_MILLISECONDS else SHOWN_MILLISECONDS


def add_up(delays: Iterable[int], *, max_frames: int) -> Timing:
    """Counts frames by their delays in milliseconds; raises TooLarge as soon as there are more than `max_frames`."""
    frames, total = 0, 0
    for delay in delays:
        frames, total = frames + 1, total + shown(delay)
        if frames > max_frames:
            raise TooLarge(f"Animation too long. At most {max_frames} frames are accepted.")
    return Timing(frames, total)
