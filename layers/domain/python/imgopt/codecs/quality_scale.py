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
WEBP = Scale(((1, 1), (50, 53.5), (60, 64), (70, 74), (80, 81), (90, 89.7), (95, 96), (100, 100)))
AVIF = Scale(((1, 5), (50, 46), (60, 49.5), (70, 55), (80, 61), (85, 66), (90, 73), (95, 84), (100, 100)))
PALETTE = Scale(((1, 1), (50, 35), (70, 58), (80, 75), (90, 90), (95, 97), (100, 100)))
