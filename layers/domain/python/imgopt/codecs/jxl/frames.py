"""Finds the frames of a JPEG XL codestream without decoding them (ISO/IEC 18181-1, E.4 and annex F)."""

from collections.abc import Iterator
from dataclasses import dataclass

from imgopt.codecs.jxl.entropy import NumberStream
from imgopt.codecs.jxl.frame_header import JxlFrame, read_frame_header
from imgopt.codecs.jxl.image_header import JxlImage
from imgopt.codecs.jxl.low_bits import DAMAGED, Choices, LowBitsReader
from imgopt.errors import InvalidImage

# Choices for the length of a section. The shortest number has this many bits.
LENGTHS: Choices = ((10, 0), (14, 1024), (22, 17_408), (30, 4_211_712))
SHORTEST_LENGTH_BITS = 12
GROUP_SIDE, BLOCK_SIDE = 128, 8
ORDER_CONTEXTS = 8
# Classes of a profile's last two bytes, which select contexts (E.4.1).
LETTERS, NUMERIC = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789.,"
KINDS_OF_LAST = [
    0 if byte in LETTERS else 1 if byte in NUMERIC else kind
    for byte, kind in enumerate([2, 3, *[4] * 14, *[7] * 225, *[5] * 14, 6])
]
KINDS_BEFORE = [
    0 if byte in LETTERS else 1 if byte in NUMERIC else kind
    for byte, kind in enumerate([*[2] * 16, *[4] * 225, *[3] * 15])
]
# The limit on bytes of a compressed profile, which take 0.1 s to parse; its first bytes have their own context.
PROFILE_CONTEXTS, MOST_PROFILE, PROFILE_HEAD = 41, 1 << 16, 128
PROFILE_TOO_LONG = "The JPEG XL animation has a colour profile that is too long."


@dataclass(frozen=True)
class FramePart:
    """A frame's header, the offset of its bytes, the end of its permutation in bits, and the offsets of its sections
    and its end.
    """

    header: JxlFrame
    start: int
    order_end: int
    body: int
    end: int


def read_frames(codestream: bytes, image: JxlImage) -> Iterator[FramePart]:
    """Yields all frames, including hidden ones. A preview is skipped.

    Raises InvalidImage where they are damaged or truncated.
    """
    reader = LowBitsReader(codestream, find_head_end(codestream, image))
    if image.preview:
        reader.align()
        _read_frame(reader, image, image.preview)
    is_last = False
    while not is_last:
        reader.align()
        frame = _read_frame(reader, image, (image.width, image.height))
        is_last = frame.header.is_last
        yield frame


def find_head_end(codestream: bytes, image: JxlImage) -> int:
    """Returns the position in bits behind all headers before the frames. Raises InvalidImage for a damaged or too long
    profile.
    """
    reader = LowBitsReader(codestream, image.end)
    if image.color.has_profile:
        _skip_profile(reader)
    return reader.position


def _read_frame(reader: LowBitsReader, image: JxlImage, size: tuple[int, int]) -> FramePart:
    """Parses a frame. The reader is then behind it."""
    start = reader.position // 8
    header = read_frame_header(reader, image, size)
    count = count_parts(header)
    if count * SHORTEST_LENGTH_BITS > 8 * len(reader.data):
        raise InvalidImage(DAMAGED)
    if reader.read_flag():
        _skip_order(reader, count)
    order_end = reader.position
    reader.align()
    body = reader.position // 8
    length = sum(reader.read_u32(LENGTHS) for _ in range(count))
    reader.align()
    reader.skip(8 * length)
    return FramePart(header, start, order_end, body, reader.position // 8)


def count_parts(frame: JxlFrame) -> int:
    """Returns the number of sections: groups of each pass, groups of blocks, and two global ones; one for a single
    group (F.3).
    """
    group = GROUP_SIDE << frame.group_shift
    sides = [-(-side // frame.upsampling) for side in (frame.width, frame.height)]
    groups = -(-sides[0] // group) * -(-sides[1] // group)
    if groups * frame.passes == 1:
        return 1
    blocks = [
        -(-side // (BLOCK_SIDE << halving)) << halving for side, halving in zip(sides, frame.halvings, strict=True)
    ]
    return 2 + -(-blocks[0] // group) * -(-blocks[1] // group) + groups * frame.passes


def _skip_order(reader: LowBitsReader, count: int) -> None:
    """Skips the permutation of sections, in Lehmer code (F.3.2)."""
    stream = NumberStream(reader, ORDER_CONTEXTS)
    length, last = stream.read(_order_context(count)), 0
    if length > count:
        raise InvalidImage(DAMAGED)
    for _ in range(length):
        last = stream.read(_order_context(last))
    stream.finish()


def _order_context(number: int) -> int:
    return min(ORDER_CONTEXTS - 1, number.bit_length())


def _skip_profile(reader: LowBitsReader) -> None:
    """Skips an ICC profile (E.4.1)."""
    length = reader.read_u64()
    if length > MOST_PROFILE:
        raise InvalidImage(PROFILE_TOO_LONG)
    stream = NumberStream(reader, PROFILE_CONTEXTS)
    last = before = 0
    for at in range(length):
        context = 1 + KINDS_OF_LAST[last] + 8 * KINDS_BEFORE[before] if at > PROFILE_HEAD else 0
        last, before = stream.read(context) & 0xFF, last
    stream.finish()
