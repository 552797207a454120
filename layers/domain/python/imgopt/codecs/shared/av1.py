"""The size that an AV1 bitstream states in its sequence header (AV1 Bitstream & Decoding Process, section 5.5)."""

from imgopt.errors import InvalidImage

SEQUENCE_HEADER = 1
# A sequence header is a few bytes; only a temporal delimiter of two comes before it.
ENOUGH_BYTES, ENOUGH_UNITS = 512, 8
LONGEST_PREFIX = 32


def read_frame_size(data: bytes) -> tuple[int, int]:
    """The largest width and height of its frames, from the beginning of a bitstream.

    Raises InvalidImage where there is no sequence header.
    """
    position = 0
    for _ in range(ENOUGH_UNITS):
        if position >= len(data):
            break
        head = data[position]
        position += 2 if head & 4 else 1
        length, position = _read_leb128(data, position) if head & 2 else (len(data) - position, position)
        if head >> 3 & 15 == SEQUENCE_HEADER:
            return _read_sequence_header(_Bits(data[position : position + length]))
        position += length
    raise InvalidImage("The AVIF file is damaged.")


def _read_leb128(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for index, byte in enumerate(data[position : position + 8]):
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            return value, position + index + 1
    raise InvalidImage("The AVIF file is damaged.")


def _read_sequence_header(bits: "_Bits") -> tuple[int, int]:
    bits.read(4)  # profile, still picture
    if bits.read(1):  # reduced header
        bits.read(5)
    else:
        _skip_operating_points(bits)
    width_bits, height_bits = bits.read(4) + 1, bits.read(4) + 1
    return bits.read(width_bits) + 1, bits.read(height_bits) + 1


def _skip_operating_points(bits: "_Bits") -> None:
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


def _skip_timing(bits: "_Bits") -> int:
    """The length of the decoder model's delays in bits, 0 where there is none."""
    bits.read(64)
    if bits.read(1):  # equal intervals, as Exp-Golomb code
        zeros = 0
        while not bits.read(1):
            zeros += 1
            if zeros == LONGEST_PREFIX:
                raise InvalidImage("The AVIF file is damaged.")
        bits.read(zeros)
    if not bits.read(1):
        return 0
    delay_bits = bits.read(5) + 1
    bits.read(32 + 5 + 5)
    return delay_bits


class _Bits:
    """Numbers of so many bits, the highest first."""

    def __init__(self, data: bytes) -> None:
        self.value, self.left = int.from_bytes(data), 8 * len(data)

    def read(self, count: int) -> int:
        if count > self.left:
            raise InvalidImage("The AVIF file is damaged.")
        self.left -= count
        return self.value >> self.left & ((1 << count) - 1)
