"""One scale of quality for all encoders: the same number looks the same in each of them.

Number q stands for the median SSIMULACRA2 score that jpegli reaches on photos at its quality q with halved chroma.
`benchmarks.calibrate` measures the native numbers of the others; docs/decisions/0007 says how.
"""

from bisect import bisect_left
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Pairs of a quality 1-100 and an encoder's native number, rising; between them a straight line."""

    points: tuple[tuple[float, float], ...]

    def native(self, quality: int) -> int:
        """The encoder's own number, rounded."""
        at = min(max(bisect_left(self.points, (quality, 0)), 1), len(self.points) - 1)
        (q0, n0), (q1, n1) = self.points[at - 1], self.points[at]
        clamped = min(max(quality, q0), q1)
        return round(n0 + (n1 - n0) * (clamped - q0) / (q1 - q0))


JPEG = Scale(((1, 1), (100, 100)))
JPEG_FULL_CHROMA = Scale(((1, 1), (10, 9), (30, 30), (50, 42), (70, 64), (80, 74), (90, 86), (95, 92), (100, 100)))
WEBP = Scale(
    ((1, 1), (10, 8), (20, 22), (30, 37), (50, 49), (60, 62), (70, 76), (80, 81), (90, 89), (95, 96), (100, 100))
)
AVIF = Scale(
    ((1, 5), (10, 16), (20, 25), (30, 33), (50, 38), (60, 42), (70, 47), (80, 53), (90, 69), (95, 80), (100, 95))
)
JXL = Scale(
    ((1, 1), (10, 9), (20, 22), (30, 35), (50, 48), (60, 56), (70, 66), (80, 75), (90, 85), (95, 91), (100, 94))
)
# Where the search for a palette begins: more colours follow where these would show.
PALETTE = Scale(((1, 1), (30, 10), (50, 30), (70, 84), (80, 88), (90, 93), (96, 97)))
