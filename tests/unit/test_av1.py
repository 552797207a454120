import pytest

from imgopt.codecs.shared.av1 import read_frame_size
from imgopt.errors import InvalidImage


def bits(*parts: tuple[int, int]) -> bytes:
    """Numbers with their lengths in bits, one after the other."""
    text = "".join(f"{value:0{length}b}" for value, length in parts)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8)


def unit(payload: bytes, kind: int = 1) -> bytes:
    return bytes((kind << 3 | 2, len(payload))) + payload


SIZE = ((9, 4), (9, 4), (639, 10), (479, 10))
REDUCED = bits((0, 3), (1, 1), (1, 1), (0, 5), *SIZE)
FULL = bits((0, 3), (0, 1), (0, 1), (0, 1), (0, 1), (0, 5), (0, 12), (4, 5), *SIZE)
TIMED = bits(
    *((0, 3), (0, 1), (0, 1), (1, 1), (1, 32), (25, 32), (1, 1), (0b010, 3), (1, 1), (9, 5), (1, 32), (3, 5), (3, 5)),
    *((1, 1), (1, 5), (0, 12), (9, 5), (1, 1), (1, 1), (7, 21), (1, 1), (5, 4), (0, 12), (4, 5), (0, 1), (0, 1)),
    *SIZE,
)


@pytest.mark.parametrize("header", [REDUCED, FULL, TIMED], ids=["reduced", "full", "timed"])
def test_the_size_is_found_behind_what_may_stand_before_it(header):
    assert read_frame_size(unit(b"", kind=2) + unit(header)) == (640, 480)


def test_a_header_without_a_length_goes_to_the_end():
    assert read_frame_size(bytes((1 << 3,)) + REDUCED) == (640, 480)


@pytest.mark.parametrize("data", [b"", unit(b"", kind=2), unit(REDUCED[:3]), b"\x0a" + b"\xff" * 9, b"\x0a"])
def test_a_bitstream_without_a_whole_header_is_damaged(data):
    with pytest.raises(InvalidImage):
        read_frame_size(data)
