"""Parses the image header of a JPEG XL codestream (ISO/IEC 18181-1, annexes D and E)."""

from dataclasses import dataclass

from imgopt.codecs.jxl.color_numbers import SRGB, ColorNumbers, read_color_numbers
from imgopt.codecs.jxl.low_bits import DAMAGED, HALF_BITS, Choices, LowBitsReader
from imgopt.codecs.shared.code_points import NamedColor
from imgopt.errors import InvalidImage

SIGNATURE = b"\xff\x0a"
SIDES: Choices = ((9, 1), (13, 1), (18, 1), (30, 1))
PREVIEW_EIGHTHS: Choices = ((0, 16), (0, 32), (5, 1), (9, 33))
PREVIEW_SIDES: Choices = ((6, 1), (8, 65), (10, 321), (12, 1345))
# Width by height, by number (table D.3).
RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
TICKS: tuple[Choices, Choices] = (((0, 100), (0, 1000), (10, 1), (30, 1)), ((0, 1), (0, 1001), (8, 1), (10, 1)))
PLAYS: Choices = ((0, 0), (3, 0), (16, 0), (32, 0))
INTEGER_BITS: Choices = ((0, 8), (0, 10), (0, 12), (6, 1))
FLOAT_BITS: Choices = ((0, 32), (0, 16), (0, 24), (6, 1))
CHANNELS: Choices = ((0, 0), (0, 1), (4, 2), (12, 1))
DIMENSION_SHIFTS: Choices = ((0, 0), (0, 3), (0, 4), (3, 1))
CFA_CHANNELS: Choices = ((0, 1), (2, 0), (4, 3), (8, 19))
# The format allows 4096; this service has no use for more.
MOST_CHANNELS = 64
# Types of extra channels (table D.9).
ALPHA, SPOT, BLACK, CFA = 0, 2, 4, 5
SDR_NITS = 255.0
UPSAMPLING_WEIGHTS = (15, 55, 210)


@dataclass(frozen=True)
class ExtraChannel:
    kind: int
    bits: int = 8
    shift: int = 0
    is_premultiplied: bool = False


@dataclass(frozen=True)
class Ticks:
    """An animation's milliseconds per tick, its number of plays (0 is endless), and the bits of a time code."""

    tick: float
    plays: int
    timecode_bits: int


@dataclass(frozen=True)
class JxlImage:
    """Width and height are in pixels as coded, before `orientation` (1 to 8, as in EXIF) is applied.

    `size_end`, `orientation_at`, `color_end` and `end` are positions in bits of the codestream: the end of the size,
    the three bits of the orientation if any, the end of the colours if given, and the end of the header.
    """

    width: int
    height: int
    orientation: int
    bits: int
    is_float: bool
    channels: tuple[ExtraChannel, ...]
    is_xyb: bool
    color: ColorNumbers
    peak: float
    preview: tuple[int, int] | None
    clock: Ticks | None
    size_end: int
    orientation_at: int | None
    color_end: int | None
    end: int

    @property
    def seen_size(self) -> tuple[int, int]:
        return (self.height, self.width) if self.orientation > 4 else (self.width, self.height)

    @property
    def alpha(self) -> ExtraChannel | None:
        return next((channel for channel in self.channels if channel.kind == ALPHA), None)

    @property
    def hdr(self) -> NamedColor | None:
        """PQ or HLG where the header names it. Other colour spaces are in the profile that libjxl makes."""
        return self.color.named_hdr(self.peak)


@dataclass(frozen=True)
class _Extras:
    """Optional fields: orientation and its position, the size of a preview, animation."""

    orientation: int = 1
    orientation_at: int | None = None
    preview: tuple[int, int] | None = None
    clock: Ticks | None = None


@dataclass(frozen=True)
class _Samples:
    """Fields that have default values in most images: 8 bits, no extra channels, XYB, sRGB."""

    bits: int = 8
    is_float: bool = False
    channels: tuple[ExtraChannel, ...] = ()
    is_xyb: bool = True
    color: ColorNumbers = SRGB
    peak: float = SDR_NITS
    color_end: int | None = None


def read_image_header(codestream: bytes) -> JxlImage:
    """Parses the header. Raises InvalidImage where it is damaged or truncated."""
    if not codestream.startswith(SIGNATURE):
        raise InvalidImage(DAMAGED)
    reader = LowBitsReader(codestream, 16)
    width, height = _read_size(reader)
    size_end, (extras, samples) = reader.position, _read_description(reader)
    _skip_transforms(reader, is_xyb=samples.is_xyb)
    return JxlImage(
        width=width,
        height=height,
        orientation=extras.orientation,
        bits=samples.bits,
        is_float=samples.is_float,
        channels=samples.channels,
        is_xyb=samples.is_xyb,
        color=samples.color,
        peak=samples.peak,
        preview=extras.preview,
        clock=extras.clock,
        size_end=size_end,
        orientation_at=extras.orientation_at,
        color_end=samples.color_end,
        end=reader.position,
    )


def _read_description(reader: LowBitsReader) -> tuple[_Extras, _Samples]:
    if reader.read_flag():
        return _Extras(), _Samples()
    has_extras = reader.read_flag()
    extras = _read_extras(reader) if has_extras else _Extras()
    bits, is_float = _read_depth(reader)
    reader.skip(1)
    channels = _read_channels(reader)
    is_xyb, color = reader.read_flag(), read_color_numbers(reader)
    color_end = reader.position
    peak = _read_peak(reader) if has_extras else SDR_NITS
    reader.skip_extensions()
    return extras, _Samples(bits, is_float, channels, is_xyb, color, peak, color_end)


def _read_size(reader: LowBitsReader) -> tuple[int, int]:
    is_small = reader.read_flag()

    def read_side() -> int:
        return 8 * (reader.read(5) + 1) if is_small else reader.read_u32(SIDES)

    height = read_side()
    return _width_for(height, reader.read(3)) or read_side(), height


def _width_for(height: int, ratio: int) -> int:
    """Returns the width by a ratio's number; 0 without one."""
    across, down = RATIOS[ratio - 1]
    return height * across // down if ratio else 0


def _read_preview(reader: LowBitsReader) -> tuple[int, int]:
    in_eighths = reader.read_flag()

    def read_side() -> int:
        return 8 * reader.read_u32(PREVIEW_EIGHTHS) if in_eighths else reader.read_u32(PREVIEW_SIDES)

    height = read_side()
    return _width_for(height, reader.read(3)) or read_side(), height


def _read_extras(reader: LowBitsReader) -> _Extras:
    orientation_at = reader.position
    orientation = reader.read(3) + 1
    if reader.read_flag():
        _read_size(reader)  # the intrinsic size for display
    preview = _read_preview(reader) if reader.read_flag() else None
    clock = _read_clock(reader) if reader.read_flag() else None
    return _Extras(orientation, orientation_at, preview, clock)


def _read_clock(reader: LowBitsReader) -> Ticks:
    numerator, denominator = (reader.read_u32(choices) for choices in TICKS)
    return Ticks(1000 * denominator / numerator, reader.read_u32(PLAYS), 32 * reader.read(1))


def _read_depth(reader: LowBitsReader) -> tuple[int, bool]:
    """Returns the bits per sample, and whether they are floating point."""
    if not reader.read_flag():
        return reader.read_u32(INTEGER_BITS), False
    bits = reader.read_u32(FLOAT_BITS)
    reader.skip(4)
    return bits, True


def _read_channels(reader: LowBitsReader) -> tuple[ExtraChannel, ...]:
    count = reader.read_u32(CHANNELS)
    if count > MOST_CHANNELS:
        raise InvalidImage(f"The JPEG XL file has more than {MOST_CHANNELS} channels.")
    return tuple(_read_channel(reader) for _ in range(count))


def _read_channel(reader: LowBitsReader) -> ExtraChannel:
    if reader.read_flag():
        return ExtraChannel(ALPHA)
    kind, (bits, _) = reader.read_enum(), _read_depth(reader)
    shift = reader.read_u32(DIMENSION_SHIFTS)
    reader.skip_name()
    is_premultiplied = kind == ALPHA and reader.read_flag()
    if kind == SPOT:
        reader.skip(4 * HALF_BITS)
    if kind == CFA:
        reader.read_u32(CFA_CHANNELS)
    return ExtraChannel(kind, bits, shift, is_premultiplied)


def _read_peak(reader: LowBitsReader) -> float:
    """Returns the peak luminance in cd/m2."""
    if reader.read_flag():
        return SDR_NITS
    peak = reader.read_half()
    reader.skip(HALF_BITS + 1 + HALF_BITS)
    return peak


def _skip_transforms(reader: LowBitsReader, *, is_xyb: bool) -> None:
    if reader.read_flag():
        return
    if is_xyb and not reader.read_flag():
        reader.skip(16 * HALF_BITS)
    weights = reader.read(3)
    reader.skip(sum(HALF_BITS * count for at, count in enumerate(UPSAMPLING_WEIGHTS) if weights >> at & 1))
