"""Parses size and colours from an AV1 sequence header (AV1 Bitstream & Decoding Process, 5.5)."""

from imgopt.codecs.shared.bit_reader import BitReader
from imgopt.errors import InvalidImage

SEQUENCE_HEADER = 1
HIGH, PROFESSIONAL = 1, 2
# A sequence header has few bytes. Only a temporal delimiter of two bytes precedes it.
ENOUGH_BYTES, ENOUGH_UNITS = 512, 8
# Temporal delimiters, headers, tiles and frames; of metadata, content light level and mastering display.
NEEDED_UNITS, METADATA, LIGHT_LEVELS = frozenset({1, 2, 3, 4, 6, 7, 8}), 5, frozenset({b"\1", b"\2"})
MOST_UNITS = 65_536


def read_frame_size(data: bytes) -> tuple[int, int]:
    """Returns the largest width and height of frames, from the beginning of a bitstream.

    Raises InvalidImage where there is no sequence header.
    """
    bits = _find_sequence_header(data)
    bits.read(3)  # profile
    _skip_points(bits)
    return _read_size(bits)


def read_code_points(data: bytes) -> tuple[int, int] | None:
    """Returns primaries and transfer function by H.273's numbers; None where they are absent. Raises InvalidImage as
    `read_frame_size`.
    """
    bits = _find_sequence_header(data)
    profile = bits.read(3)
    reduced = _skip_points(bits)
    _read_size(bits)
    _skip_tools(bits, reduced=reduced)
    deep = bits.read(1)
    if profile == PROFESSIONAL and deep:
        bits.read(1)  # 12 bits
    if profile != HIGH:
        bits.read(1)  # monochrome
    return (bits.read(8), bits.read(8)) if bits.read(1) else None


def holds_pictures_alone(data: bytes) -> bool:
    """Returns whether a bitstream has only pictures and their light levels (5.3.1, 6.7.1), and no private data."""
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
    """Returns whether the header is a reduced one, without operating points."""
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
    if not reduced and bits.read(1):  # frame ids are present
        bits.read(4 + 3)
    bits.read(3)  # 128 x 128 superblocks, filter intra, intra edge filter
    if not reduced:
        bits.read(4)  # compound and warped prediction
        ordered = bits.read(1)
        if ordered:
            bits.read(2)
        forces_screen = bits.read(1) or bits.read(1)
        if forces_screen and not bits.read(1):
            bits.read(1)
        if ordered:
            bits.read(3)
    bits.read(3)  # super-resolution, CDEF, restoration


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
    """Returns the length of the decoder model's delays in bits; 0 without a model."""
    bits.read(64)
    if bits.read(1):  # equal intervals
        bits.read_exp_golomb()
    if not bits.read(1):
        return 0
    delay_bits = bits.read(5) + 1
    bits.read(32 + 5 + 5)
    return delay_bits
