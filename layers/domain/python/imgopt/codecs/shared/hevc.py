"""Parses colours from an HEVC sequence parameter set (ITU-T H.265, 7.3.2.2 and annex E).

In HEIC it is part of the item's configuration (ISO/IEC 14496-15, 8.3.3.1).
"""

from collections.abc import Iterator

from imgopt.codecs.shared.bit_reader import BitReader

SEQUENCE_PARAMETERS = 33
CONFIGURATION_BYTES, MOST_UNITS = 22, 64
PROFILE_BITS, LEVEL_BITS = 88, 8
# A parameter set has some dozens of bytes.
MOST_PARAMETERS = 1024
OTHER_ASPECT_RATIO = 255


def read_code_points_of(configuration: bytes) -> tuple[int, int] | None:
    """Returns primaries and transfer function by H.273's numbers; None where they are absent, or follow fields that
    stills don't have.

    Raises InvalidImage or IndexError where it is truncated.
    """
    unit = next((unit for kind, unit in _units(configuration) if kind == SEQUENCE_PARAMETERS), None)
    if unit is None:
        return None
    bits = BitReader(unit[2:MOST_PARAMETERS].replace(b"\0\0\3", b"\0\0"))  # without emulation prevention bytes
    order_bits = _skip_sizes(bits)
    return _read_usability(bits) if _skip_tools_of_hevc(bits, order_bits) and bits.read(1) else None


def _units(configuration: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields the types and bytes of the NAL units in all arrays."""
    position = CONFIGURATION_BYTES + 1
    for _ in range(configuration[CONFIGURATION_BYTES]):
        kind, count = configuration[position] & 63, int.from_bytes(configuration[position + 1 : position + 3])
        position += 3
        for _ in range(min(count, MOST_UNITS)):
            end = position + 2 + int.from_bytes(configuration[position : position + 2])
            yield kind, configuration[position + 2 : end]
            position = end


def _skip_sizes(bits: BitReader) -> int:
    """Skips up to the block sizes; returns the bits of picture order counts."""
    bits.read(4)
    layers = bits.read(3)
    bits.read(1)
    _skip_levels(bits, layers)
    bits.read_exp_golomb()
    if bits.read_exp_golomb() == 3:  # 4:4:4
        bits.read(1)
    _skip_numbers(bits, 2)
    if bits.read(1):  # conformance window
        _skip_numbers(bits, 4)
    _skip_numbers(bits, 2)
    order_bits = bits.read_exp_golomb() + 4
    _skip_numbers(bits, 3 * (layers + 1 if bits.read(1) else 1))
    _skip_numbers(bits, 6)
    return order_bits


def _skip_levels(bits: BitReader, layers: int) -> None:
    bits.read(PROFILE_BITS + LEVEL_BITS)
    if not layers:
        return
    present = [(bits.read(1), bits.read(1)) for _ in range(8)][:layers]
    for profile, level in present:
        bits.read(PROFILE_BITS * profile + LEVEL_BITS * level)


def _skip_tools_of_hevc(bits: BitReader, order_bits: int) -> bool:
    """Returns False for scaling lists, and for pictures that refer to others, which aren't parsed."""
    if bits.read(1) and bits.read(1):
        return False
    bits.read(2)
    if bits.read(1):  # PCM samples
        bits.read(8)
        _skip_numbers(bits, 2)
        bits.read(1)
    if bits.read_exp_golomb():
        return False
    if bits.read(1):  # long-term references
        bits.read((order_bits + 1) * bits.read_exp_golomb())
    bits.read(2)
    return True


def _read_usability(bits: BitReader) -> tuple[int, int] | None:
    if bits.read(1) and bits.read(8) == OTHER_ASPECT_RATIO:
        bits.read(32)
    if bits.read(1):  # overscan
        bits.read(1)
    if not bits.read(1):  # video signal type
        return None
    bits.read(4)
    return (bits.read(8), bits.read(8)) if bits.read(1) else None


def _skip_numbers(bits: BitReader, count: int) -> None:
    for _ in range(count):
        bits.read_exp_golomb()
