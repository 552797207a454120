"""Named colour spaces: by numbers (ITU-T H.273) in AVIF, HEIC and PNG, or by chromaticities and gamma in PNG."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

Chromaticity = tuple[float, float]


class Primaries(NamedTuple):
    """CIE 1931 x and y of red, green, blue and white."""

    red: Chromaticity
    green: Chromaticity
    blue: Chromaticity
    white: Chromaticity


class Curve(NamedTuple):
    """Linear light, 0 to 1, of a sample x, 0 to 1: (scale * x + offset) ** power from `start` on, slope * x below.

    It is the parametric curve of type 3 in ICC.1:2022, 10.18.
    """

    power: float
    scale: float = 1
    offset: float = 0
    slope: float = 0
    start: float = 0

    def light(self, sample: float) -> float:
        if sample < self.start:
            return self.slope * sample
        return float(max(0.0, self.scale * sample + self.offset) ** self.power)


class Hdr(Enum):
    """HDR transfer functions (ITU-R BT.2100)."""

    PQ = 16
    HLG = 18


BT709, SRGB_TRANSFER, UNSPECIFIED = 1, 13, 2
ILLUMINANT_D65, ILLUMINANT_C, EQUAL_ENERGY, DCI_WHITE = (0.3127, 0.329), (0.310, 0.316), (1 / 3, 1 / 3), (0.314, 0.351)
# The linear light at half of the sample range: sRGB has 0.21, a linear curve 0.5.
LINEAR_FROM = 0.4
# The key in an image's `info`. It overrides a profile.
NAMED_COLOR = "named_color"
SRGB_PRIMARIES = Primaries((0.64, 0.33), (0.3, 0.6), (0.15, 0.06), ILLUMINANT_D65)
SMPTE_C = Primaries((0.63, 0.34), (0.31, 0.595), (0.155, 0.07), ILLUMINANT_D65)
# H.273, table 2, without unspecified and reserved values.
PRIMARIES = {
    BT709: SRGB_PRIMARIES,
    4: Primaries((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), ILLUMINANT_C),
    5: Primaries((0.64, 0.33), (0.29, 0.6), (0.15, 0.06), ILLUMINANT_D65),
    6: SMPTE_C,
    7: SMPTE_C,
    8: Primaries((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), ILLUMINANT_C),
    9: Primaries((0.708, 0.292), (0.17, 0.797), (0.131, 0.046), ILLUMINANT_D65),
    10: Primaries((1, 0), (0, 1), (0, 0), EQUAL_ENERGY),
    11: Primaries((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), DCI_WHITE),
    12: Primaries((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), ILLUMINANT_D65),
    22: Primaries((0.63, 0.34), (0.295, 0.605), (0.155, 0.077), ILLUMINANT_D65),
}
SRGB_CURVE = Curve(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
# Displays show cameras' signals by this curve (ITU-R BT.1886, annex 1).
DISPLAY = Curve(2.4)
# Transfer functions of cameras, which have one shape (H.273, table 3).
CAMERAS = frozenset({1, 6, 11, 14, 15})
# H.273, table 3, without unspecified and reserved values, and without 9, 10 and 12, which browsers don't support.
TRANSFERS: dict[int, Curve | Hdr] = {
    **dict.fromkeys(CAMERAS, DISPLAY),
    4: Curve(2.2),
    5: Curve(2.8),
    7: Curve(1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 1 / 4, 4 * 0.0228),
    8: Curve(1),
    SRGB_TRANSFER: SRGB_CURVE,
    16: Hdr.PQ,
    17: Curve(2.6, (52.37 / 48) ** (1 / 2.6)),
    18: Hdr.HLG,
}
# The peak luminance in cd/m2 of PQ content where a file states none, and of HLG's reference display (BT.2100, table 5).
NOMINAL_PEAK = 1000.0


@dataclass(frozen=True)
class NamedColor:
    """A colour space. `narrow` means that black is 16 and white 235 of 255. `peak` is the peak luminance in cd/m2, for
    PQ.
    """

    primaries: Primaries
    transfer: Curve | Hdr
    narrow: bool = False
    peak: float = NOMINAL_PEAK

    @property
    def spreads_dark_tones(self) -> bool:
        """Whether 8 bits are too few for dark tones: for linear light and for HDR."""
        return isinstance(self.transfer, Hdr) or self.transfer.light(0.5) > LINEAR_FROM

    @property
    def is_srgb(self) -> bool:
        return (self.primaries, self.transfer, self.narrow) == (SRGB_PRIMARIES, SRGB_CURVE, False)


def named(primaries: int, transfer: int, *, narrow: bool = False, peak: float | None = None) -> NamedColor | None:
    """Returns the colour space of H.273's numbers; None for unsupported ones."""
    if primaries not in PRIMARIES or transfer not in TRANSFERS:
        return None
    return NamedColor(PRIMARIES[primaries], TRANSFERS[transfer], narrow, peak or NOMINAL_PEAK)
