"""One quality scale for all encoders: equal numbers look alike in all formats.

Quality q means the median SSIMULACRA2 score of jpegli with default options and 4:2:0 at its quality q, on photos.
`benchmarks.calibrate` measures the other encoders' native numbers; see docs/decisions/0007.
"""

from bisect import bisect_left
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Pairs of a quality, 1 to 100, and an encoder's native number, rising; interpolated linearly."""

    points: tuple[tuple[float, float], ...]

    def native(self, quality: int) -> int:
        """Returns the encoder's own number, rounded."""
        at = min(max(bisect_left(self.points, (quality, 0)), 1), len(self.points) - 1)
        (q0, n0), (q1, n1) = self.points[at - 1], self.points[at]
        clamped = min(max(quality, q0), q1)
        return round(n0 + (n1 - n0) * (clamped - q0) / (q1 - q0))


JPEG = Scale(
    ((1, 1), (10, 5), (30, 22), (40, 25), (50, 32), (60, 45), (70, 61), (80, 72), (90, 86), (95, 93), (100, 100))
)
JPEG_FULL_CHROMA = Scale(
    ((1, 1), (10, 5), (30, 18), (50, 23), (60, 30), (70, 47), (80, 62), (90, 81), (95, 88), (100, 100))
)
MOZJPEG = Scale(
    ((1, 8), (10, 21), (20, 32), (30, 47), (50, 57), (60, 64), (70, 74), (80, 83), (90, 92), (95, 97), (100, 100))
)
MOZJPEG_FULL_CHROMA = Scale(
    ((1, 6), (10, 18), (20, 28), (30, 38), (40, 44), (50, 49), (60, 57), (70, 67), (80, 74), (90, 86), (100, 100))
)
WEBP = Scale(
    ((1, 1), (10, 8), (20, 22), (30, 37), (50, 49), (60, 62), (70, 76), (80, 81), (90, 89), (95, 96), (100, 100))
)
AVIF = Scale(
    ((1, 5), (10, 19), (20, 29), (30, 36), (50, 41), (60, 45), (70, 50), (80, 57), (90, 75), (95, 85), (100, 98))
)
AVIF_DRAWING = Scale(
    ((1, 5), (10, 27), (20, 37), (30, 44), (50, 50), (60, 54), (70, 59), (80, 64), (90, 80), (95, 87), (100, 98))
)
JXL = Scale(
    ((1, 1), (10, 9), (20, 22), (30, 35), (50, 48), (60, 56), (70, 66), (80, 75), (90, 85), (95, 91), (100, 94))
)
# Where the search for a palette begins; more colours follow where losses would be visible.
PALETTE = Scale(((1, 1), (30, 10), (50, 30), (70, 84), (80, 88), (90, 93), (96, 97)))
