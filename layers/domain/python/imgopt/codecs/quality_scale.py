"""One scale of quality for all encoders: the same number looks the same in each of them.

Number q stands for the median SSIMULACRA2 score that jpegli reaches at its quality q with halved chroma.
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
JPEG_FULL_CHROMA = Scale(((1, 1), (50, 41), (70, 64), (80, 75), (90, 86.5), (95, 91.5), (100, 100)))
WEBP = Scale(
    ((1, 1), (10, 5), (20, 22), (40, 40), (50, 50), (60, 59), (70, 70), (80, 78), (90, 84), (95, 90), (100, 100))
)
AVIF = Scale(((1, 5), (10, 14), (20, 28), (40, 39), (60, 46), (70, 49), (80, 57), (90, 66), (95, 75), (100, 92)))
PALETTE = Scale(((1, 1), (50, 52), (60, 60), (70, 70), (80, 79), (90, 93), (96, 100)))
