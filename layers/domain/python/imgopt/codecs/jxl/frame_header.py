"""Parses a frame header of JPEG XL, and the length of the frame (ISO/IEC 18181-1, annex F)."""

from dataclasses import dataclass, field
from enum import IntEnum

from imgopt.codecs.jxl.image_header import JxlImage
from imgopt.codecs.jxl.low_bits import DAMAGED, HALF_BITS, Choices, LowBitsReader
from imgopt.errors import InvalidImage

PATCHES, USES_DC_FRAME = 2, 32
UPSAMPLINGS: Choices = ((0, 1), (0, 2), (0, 4), (0, 8))
PASSES: Choices = ((0, 1), (0, 2), (0, 3), (3, 4))
DOWNSAMPLINGS: Choices = ((0, 0), (0, 1), (0, 2), (1, 3))
LAST_PASSES: Choices = ((0, 0), (0, 1), (0, 2), (3, 0))
DC_LEVELS: Choices = ((0, 1), (0, 2), (0, 3), (0, 4))
EDGES: Choices = ((8, 0), (11, 256), (14, 2304), (30, 18_688))
BLENDS: Choices = ((0, 0), (0, 1), (0, 2), (2, 3))
ALPHA_CHANNELS: Choices = ((0, 0), (0, 1), (0, 2), (3, 3))
DURATIONS: Choices = ((0, 0), (0, 1), (8, 0), (32, 0))
# YCbCr subsampling by its number: how often width and height are halved.
SAMPLINGS = ((0, 0), (1, 1), (1, 0), (0, 1))


class FrameKind(IntEnum):
    """The kind of a frame. `DC` and `REFERENCE` are never shown; other frames refer to them."""

    REGULAR = 0
    DC = 1
    REFERENCE = 2
    SKIPS_PROGRESSIVE = 3


class BlendMode(IntEnum):
    """How a frame is blended with another (table F.7)."""

    REPLACE = 0
    ADD = 1
    OVER = 2
    ADD_WEIGHTED = 3
    MULTIPLY = 4


@dataclass(frozen=True)
class Blending:
    """`source` is the slot of the stored frame with which it is blended."""

    mode: BlendMode = BlendMode.REPLACE
    alpha_channel: int = 0
    source: int = 0


@dataclass
class JxlFrame:
    """A frame header. Sizes and places are in pixels; `blendings` has the colours' and one for each extra channel.

    `stored_as` is the slot in which later frames find it, None where none can. `start`, `place_at`, `time_at`,
    `time_end`, `rest_at` and `end` are positions in bits: of the frame, of its size and place, of its duration and the
    duration's end, of its name and all after that, and of the header's end.
    """

    width: int
    height: int
    start: int
    kind: FrameKind = FrameKind.REGULAR
    is_modular: bool = False
    flags: int = 0
    halvings: tuple[int, int] = (0, 0)
    upsampling: int = 1
    group_shift: int = 1
    passes: int = 1
    dc_level: int = 0
    left: int = 0
    top: int = 0
    is_cropped: bool = False
    blendings: tuple[Blending, ...] = field(default=(Blending(),))
    duration: int = 0
    is_last: bool = True
    stored_as: int | None = None
    is_stored_early: bool = False
    is_default: bool = False
    place_at: int = 0
    time_at: int = 0
    time_end: int = 0
    rest_at: int = 0
    end: int = 0

    @property
    def is_drawn(self) -> bool:
        return self.kind in (FrameKind.REGULAR, FrameKind.SKIPS_PROGRESSIVE)

    @property
    def is_shown(self) -> bool:
        """Whether the frame is shown. Frames of no duration are composed with the next one."""
        return self.is_drawn and (self.is_last or self.duration > 0)


def read_frame_header(reader: LowBitsReader, image: JxlImage, size: tuple[int, int]) -> JxlFrame:
    """Parses a frame header. `size` is the canvas's. Raises InvalidImage where it is damaged or truncated."""
    frame = JxlFrame(*size, reader.position)
    if reader.read_flag():
        frame.is_default, frame.end = True, reader.position
        return frame
    frame.kind, frame.is_modular, frame.flags = FrameKind(reader.read(2)), reader.read_flag(), reader.read_u64()
    _read_coding(reader, image, frame)
    _read_place(reader, frame, size)
    if frame.is_drawn:
        is_partial = _is_partial(frame, size)
        frame.blendings = tuple(_read_blending(reader, image, is_partial=is_partial) for _ in (0, *image.channels))
        _read_time(reader, image, frame)
    _read_storing(reader, frame, size)
    frame.rest_at = reader.position
    reader.skip_name()
    _skip_filters(reader, is_modular=frame.is_modular)
    reader.skip_extensions()
    frame.end = reader.position
    return frame


def _read_coding(reader: LowBitsReader, image: JxlImage, frame: JxlFrame) -> None:
    is_ycbcr = not image.is_xyb and reader.read_flag()
    if not frame.flags & USES_DC_FRAME:
        if is_ycbcr:
            halvings = [SAMPLINGS[reader.read(2)] for _ in range(3)]
            frame.halvings = max(across for across, _ in halvings), max(down for _, down in halvings)
        frame.upsampling = reader.read_u32(UPSAMPLINGS)
        for _ in image.channels:
            reader.read_u32(UPSAMPLINGS)
    if frame.is_modular:
        frame.group_shift = reader.read(2)
    elif image.is_xyb:
        reader.skip(6)
    if frame.kind is not FrameKind.REFERENCE:
        frame.passes = _read_passes(reader)
    if frame.kind is FrameKind.DC:
        frame.dc_level = reader.read_u32(DC_LEVELS)


def _read_passes(reader: LowBitsReader) -> int:
    passes = reader.read_u32(PASSES)
    if passes == 1:
        return 1
    downsamplings = reader.read_u32(DOWNSAMPLINGS)
    reader.skip(2 * (passes - 1))
    for choices in (UPSAMPLINGS, LAST_PASSES):
        for _ in range(downsamplings):
            reader.read_u32(choices)
    return passes


def _read_place(reader: LowBitsReader, frame: JxlFrame, size: tuple[int, int]) -> None:
    frame.place_at = reader.position
    if frame.kind is FrameKind.DC:
        frame.width, frame.height = (-(-side // 8**frame.dc_level) for side in size)
        return
    frame.is_cropped = reader.read_flag()
    if not frame.is_cropped:
        return
    if frame.is_drawn:
        frame.left, frame.top = (_signed(reader.read_u32(EDGES)) for _ in range(2))
    frame.width, frame.height = (reader.read_u32(EDGES) for _ in range(2))
    if not frame.width * frame.height:
        raise InvalidImage(DAMAGED)


def _signed(number: int) -> int:
    """Maps 0, 1, 2, 3 … to 0, -1, 1, -2 … (9.2.4)."""
    return -(number + 1 >> 1) if number & 1 else number >> 1


def _is_partial(frame: JxlFrame, size: tuple[int, int]) -> bool:
    right, bottom = frame.left + frame.width, frame.top + frame.height
    return frame.is_cropped and (frame.left > 0 or frame.top > 0 or right < size[0] or bottom < size[1])


def _read_blending(reader: LowBitsReader, image: JxlImage, *, is_partial: bool) -> Blending:
    number = reader.read_u32(BLENDS)
    if number > max(BlendMode):
        raise InvalidImage(DAMAGED)
    mode, alpha_channel, source = BlendMode(number), 0, 0
    needs_alpha = bool(image.channels) and mode in (BlendMode.OVER, BlendMode.ADD_WEIGHTED)
    if needs_alpha:
        alpha_channel = reader.read_u32(ALPHA_CHANNELS)
    if needs_alpha or mode is BlendMode.MULTIPLY:
        reader.skip(1)  # whether alpha is clamped
    if mode is not BlendMode.REPLACE or is_partial:
        source = reader.read(2)
    return Blending(mode, alpha_channel, source)


def _read_time(reader: LowBitsReader, image: JxlImage, frame: JxlFrame) -> None:
    frame.time_at = reader.position
    if image.clock:
        frame.duration = reader.read_u32(DURATIONS)
        reader.skip(image.clock.timecode_bits)
    frame.time_end = reader.position
    frame.is_last = reader.read_flag()


def _read_storing(reader: LowBitsReader, frame: JxlFrame, size: tuple[int, int]) -> None:
    if frame.kind is not FrameKind.REGULAR:
        frame.is_last = False
    if frame.kind is FrameKind.DC or frame.is_last:
        return
    number = reader.read(2)
    if number or not frame.duration:
        frame.stored_as = number
    is_whole = frame.blendings[0].mode is BlendMode.REPLACE and not _is_partial(frame, size)
    if frame.kind is FrameKind.REFERENCE or (frame.stored_as is not None and is_whole):
        frame.is_stored_early = reader.read_flag()


def _skip_filters(reader: LowBitsReader, *, is_modular: bool) -> None:
    """Skips the restoration filters (annex J)."""
    if reader.read_flag():
        return
    if reader.read_flag() and reader.read_flag():
        reader.skip(6 * HALF_BITS)
    if reader.read(2):
        if not is_modular and reader.read_flag():
            reader.skip(8 * HALF_BITS)
        if reader.read_flag():
            reader.skip(5 * HALF_BITS)
        if reader.read_flag():
            reader.skip((3 if is_modular else 4) * HALF_BITS)
        if is_modular:
            reader.skip(HALF_BITS)
    reader.skip_extensions()
