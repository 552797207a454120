"""The colours in HEVC's sequence parameters, also in damaged ones."""

from contextlib import suppress
from io import BytesIO
from pathlib import Path

from imgopt.codecs.shared.hevc import read_code_points_of
from imgopt.codecs.shared.isobmff import read_items
from imgopt.errors import InvalidImage

FILE = Path(__file__).parents[1] / "data" / "premultiplied-alpha.heic"


def configuration() -> bytes:
    items = read_items(BytesIO(FILE.read_bytes()))
    return dict(items.properties[items.primary])[b"hvcC"]


def test_the_numbers_stand_behind_much_else():
    assert read_code_points_of(configuration()) == (1, 13)


def test_parameters_that_are_cut_off_say_nothing():
    """The set ends with byte 71 of this configuration; the numbers are some bytes before."""
    whole = configuration()
    for length in range(86):
        with suppress(InvalidImage, IndexError):
            assert read_code_points_of(whole[:length]) is None


def test_changed_parameters_are_read_or_refused():
    whole = configuration()
    for position in range(len(whole)):
        changed = whole[:position] + bytes((whole[position] ^ 0xFF,)) + whole[position + 1 :]
        with suppress(InvalidImage, IndexError):
            found = read_code_points_of(changed)
            assert found is None or len(found) == 2
