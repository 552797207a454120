"""Size and colours that an AV1 bitstream states in its sequence header (AV1 Bitstream & Decoding Process, 5.5)."""

from imgopt.codecs.shared.bit_reader import BitReader
from imgopt.errors import InvalidImage

SEQUENCE_HEADER = 1
HIGH, PROFESSIONAL = 1, 2
# A sequence header is a few bytes; only a temporal delimiter of two comes before it.
ENOUGH_BYTES, ENOUGH_UNITS = 512, 8
# Temporal delimiters, headers, tiles, frames; of metadata, the light levels of content and mastering.
NEEDED_UNITS, METADATA, LIGHT_LEVELS = frozenset({1, 2, 3, 4, 6, 7, 8}), 5, frozenset({b"\1", b"\2"})
MOST_UNITS = 65_536


def read_frame_size(data: bytes) -> tuple[int, int]:
    """The largest width and height of its frames, from the beginning of a bitstream.

    Raises InvalidImage where there is no sequence header.
    """
    bits = _find_sequence_header(data)
    bits.read(3)  # profile
    _skip_points(bits)
    return _read_size(bits)


def read_code_points(data: bytes) -> tuple[int, int] | None:
    """Primaries and transfer by H.273's numbers, None where it doesn't say. Raises InvalidImage as above."""
    bits = _find_sequence_header(data)
    profile = bits.read(3)
    reduced = _skip_points(bits)
    _read_size(bits)
    _skip_tools(bits, reduced=reduced)
    deep = bits.read(1)
    if profile == PROFESSIONAL and deep:
        bits.read(1)  # twelve bits
    if profile != HIGH:
        bits.read(1)  # monochrome
    return (bits.read(8), bits.read(8)) if bits.read(1) else None


def holds_pictures_alone(data: bytes) -> bool:
    """Whether a bitstream has nothing but pictures and their light levels (5.3.1, 6.7.1), no private data."""
    position = 0
    for _ in range(MOST_UNITS):
        if position >= len(data):
            return position == len(data)
        head = data[position]
        position += 2 if head & 4 else 1
        length, position = _read_leb128(data, position) if head & 2 else (len(data) - position, position)
        kind = head >> 3 & 15
        if kind not in NEEDED_UNITS and not (kind == METADATA and data[position : position + 1] in LIGHT_LEVELS):
            return False
        position += length
    return False


def _find_sequence_header(data: bytes) -> BitReader:
    position = 0
    for _ in range(ENOUGH_UNITS):
        if position >= len(data):
            break
        head = data[position]
        position += 2 if head & 4 else 1
        length, position = _read_leb128(data, position) if head & 2 else (len(data) - position, position)
        if head >> 3 & 15 == SEQUENCE_HEADER:
            return BitReader(data[position : position + length])
        position += length
    raise InvalidImage("The AVIF file is damaged.")


def _read_leb128(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for index, byte in enumerate(data[position : position + 8]):
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            return value, position + index + 1
    raise InvalidImage("The AVIF file is damaged.")


def _skip_points(bits: BitReader) -> bool:
    """Whether the header is a reduced one, which has no operating points."""
    bits.read(1)  # still picture
    reduced = bool(bits.read(1))
    if reduced:
        bits.read(5)
    else:
        _skip_operating_points(bits)
    return reduced


def _read_size(bits: BitReader) -> tuple[int, int]:
    width_bits, height_bits = bits.read(4) + 1, bits.read(4) + 1
    return bits.read(width_bits) + 1, bits.read(height_bits) + 1


def _skip_tools(bits: BitReader, *, reduced: bool) -> None:
    if not reduced and bits.read(1):  # frames have numbers
        bits.read(4 + 3)
    bits.read(3)  # superblocks of 128, filter and edges within a frame
    if not reduced:
        bits.read(4)  # compounds and warps
        ordered = bits.read(1)
        if ordered:
            bits.read(2)
        forces_screen = bits.read(1) or bits.read(1)
        if forces_screen and not bits.read(1):
            bits.read(1)
        if ordered:
            bits.read(3)
    bits.read(3)  # superresolution and filters


def _skip_operating_points(bits: BitReader) -> None:
    delay_bits = _skip_timing(bits) if bits.read(1) else 0
    with_display_delay = bits.read(1)
    for _ in range(bits.read(5) + 1):
        bits.read(12)
        if bits.read(5) > 7:  # levels from 4.0 on have a tier
            bits.read(1)
        if delay_bits and bits.read(1):
            bits.read(2 * delay_bits + 1)
        if with_display_delay and bits.read(1):
            bits.read(4)


def _skip_timing(bits: BitReader) -> int:
    """The length of the decoder model's delays in bits, 0 where there is none."""
    bits.read(64)
    if bits.read(1):  # equal intervals
        bits.read_exp_golomb()
    if not bits.read(1):
        return 0
    delay_bits = bits.read(5) + 1
    bits.read(32 + 5 + 5)
    return delay_bits
