"""The colour space in JPEG XL's header, mostly by the numbers of ITU-T H.273 (ISO/IEC 18181-1, E.2)."""

from dataclasses import dataclass

from imgopt.codecs.jxl.low_bits import Choices, LowBitsReader
from imgopt.codecs.shared.code_points import BT709, Hdr, NamedColor, named

COORDINATES: Choices = ((19, 0), (19, 524_288), (20, 1_048_576), (21, 2_097_152))
GREY, XYB = 1, 2
CUSTOM, D65 = 2, 1
DCI_P3, DISPLAY_P3 = 11, 12
LINEAR, SRGB_CURVE_NUMBER, GAMMA_BITS = 8, 13, 24


@dataclass(frozen=True)
class ColorNumbers:
    """`has_profile` means that an ICC profile follows, and the other fields are meaningless."""

    is_grey: bool = False
    has_profile: bool = False
    white: int = D65
    primaries: int = BT709
    transfer: int = SRGB_CURVE_NUMBER

    @property
    def is_srgb(self) -> bool:
        return self == ColorNumbers(self.is_grey)

    @property
    def is_linear(self) -> bool:
        """Whether samples are linear light, by the transfer function's number."""
        return not self.has_profile and self.transfer == LINEAR

    def named_hdr(self, peak: float) -> NamedColor | None:
        """Returns PQ or HLG where the header names it, with the peak luminance in cd/m2."""
        primaries = DISPLAY_P3 if (self.primaries, self.white) == (DCI_P3, D65) else self.primaries
        found = None if self.has_profile else named(primaries, self.transfer, peak=peak)
        return found if found and isinstance(found.transfer, Hdr) else None


SRGB = ColorNumbers()


def read_color_numbers(reader: LowBitsReader) -> ColorNumbers:
    if reader.read_flag():
        return SRGB
    has_profile, space = reader.read_flag(), reader.read_enum()
    if has_profile:
        return ColorNumbers(space == GREY, has_profile=True)
    white, primaries, transfer = D65, BT709, SRGB_CURVE_NUMBER
    if space != XYB:
        white = _read_named_points(reader, 1)
        primaries = _read_named_points(reader, 3) if space != GREY else BT709
        transfer = _read_transfer(reader)
    reader.read_enum()  # the rendering intent
    return ColorNumbers(space == GREY, False, white, primaries, transfer)


def _read_named_points(reader: LowBitsReader, count: int) -> int:
    number = reader.read_enum()
    for _ in range(2 * count if number == CUSTOM else 0):
        reader.read_u32(COORDINATES)
    return number


def _read_transfer(reader: LowBitsReader) -> int:
    """Returns the transfer function's number; 0 for a gamma."""
    if reader.read_flag():
        reader.skip(GAMMA_BITS)
        return 0
    return reader.read_enum()
