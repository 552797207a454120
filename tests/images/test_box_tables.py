"""Tables of AVIF and HEIC that claim more entries than exist are refused before anything is built from them."""

import struct
from io import BytesIO

import pytest

from imgopt.codecs.avif import cleaning
from imgopt.codecs.format import ImageHeader
from imgopt.codecs.header import read_header
from imgopt.codecs.shared import isobmff
from imgopt.errors import InvalidImage
from tests.pictures import LIMITS
from tests.work import count_calls, peak_bytes

MOST_BYTES, MOST_CALLS = 1_000_000, 400_000


def read(data: bytes) -> ImageHeader:
    return read_header(BytesIO(data), LIMITS)


def box(kind: bytes, *content: bytes) -> bytes:
    data = b"".join(content)
    return struct.pack(">I4s", 8 + len(data), kind) + data


def full(kind: bytes, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, bytes((version,)), flags.to_bytes(3), *content)


def file_of(*boxes: bytes, brand: bytes = b"avif") -> bytes:
    return box(b"ftyp", brand, bytes(4), brand) + full(b"meta", *boxes)


def locations(items: int, extents: int, *, sizes: int = 0, entry: bytes = b"", version: int = 0) -> bytes:
    """`sizes` are those of offset, length, base and index, four bits each."""
    method = b"\0\0" if version else b""
    each = [
        struct.pack(">H", item) + method + struct.pack(">HH", 0, extents) + entry * extents for item in range(items)
    ]
    return full(b"iloc", struct.pack(">HH", sizes, items), *each, version=version)


def properties(kinds: bytes, associations: bytes) -> bytes:
    return box(b"iprp", box(b"ipco", kinds), full(b"ipma", associations))


def item(number: int, kind: bytes = b"av01") -> bytes:
    return full(b"infe", struct.pack(">HH4s", number, 0, kind), version=2)


SIZE = full(b"ispe", struct.pack(">II", 4, 3))
FREE = box(b"free")
TABLES = {
    "extents without width": file_of(locations(1000, 0xFFFF)),
    "two extents without width": file_of(locations(1, 2)),
    "extents behind the end": file_of(locations(1, 0xFFFF, sizes=0x4400)),
    "extents in all": file_of(locations(20, 4000, sizes=0x4000, entry=bytes(4))),
    "odd widths": file_of(locations(1, 4000, sizes=0x1000, entry=bytes(1))),
    "items located": file_of(locations(5000, 0)),
    "items claimed": file_of(full(b"iloc", struct.pack(">HI", 0, 0xFFFFFFFF), version=2)),
    "items named": file_of(full(b"iinf", struct.pack(">H", 5000), *map(item, range(5000)))),
    "properties": file_of(properties(SIZE * 9000, bytes(4))),
    "items with properties": file_of(properties(SIZE, struct.pack(">I", 5000) + b"\0\1\1\1" * 5000)),
    "associations claimed": file_of(properties(SIZE, struct.pack(">I", 0xFFFFFFFF))),
    "associations": file_of(properties(SIZE, struct.pack(">I", 300) + (b"\0\1\xff" + b"\1" * 255) * 300)),
    "associations in many tables": file_of(
        box(b"iprp", box(b"ipco", SIZE), full(b"ipma", struct.pack(">I", 1) + b"\0\1\xff" + b"\1" * 255) * 300)
    ),
    "boxes in meta": file_of(FREE * 9000),
    "boxes in the file": file_of() + FREE * 9000,
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_too_long_is_refused(name):
    """AVIF and HEIC have one reader of tables, whose work is measured once."""
    data = TABLES[name]
    for brand in (b"avif", b"heic"):
        with pytest.raises(InvalidImage, match="structure is damaged"):
            read(data.replace(b"avif", brand))
    assert count_calls(read, data) < MOST_CALLS
    assert peak_bytes(read, data) < MOST_BYTES + 20 * len(data)


def test_tables_of_many_items_are_read():
    """The table has as many items as the largest grid has tiles, each with its own properties."""
    count = 4000
    data = file_of(
        full(b"pitm", b"\0\1"),
        full(b"iinf", struct.pack(">H", count), *(item(number, b"hvc1") for number in range(count))),
        locations(count, 1, sizes=0x4400, entry=bytes(8)),
        properties(
            SIZE * 3, struct.pack(">I", count) + b"".join(b"%c%c\3\1\2\3" % divmod(n, 256) for n in range(count))
        ),
    )
    items = isobmff.read_items(BytesIO(data))
    assert (len(items.kinds), len(items.extents), len(items.properties)) == (count, count, count)
    assert read(data.replace(b"avif", b"heic")).width == 4


@pytest.mark.parametrize("version", [0, 1])
def test_extents_are_read_with_and_without_an_index(version):
    """An index stands in tables of version 1 only, whatever its width is said to be."""
    index = b"\0\0\0\1" if version else b""
    data = file_of(locations(1, 2, sizes=0x4404, entry=index + struct.pack(">II", 7, 9), version=version))
    assert isobmff.read_items(BytesIO(data)).extents == {0: [(7, 9), (7, 9)]}


def test_parts_that_overlap_are_wiped_once():
    cleaned = bytearray(b"x" * 100)
    cleaning._overwrite(cleaned, [(10, 90), (0, 5), (10, 90), (20, 10), (95, 10**12)])
    assert cleaned == bytes(5) + b"x" * 5 + bytes(90)


NAMED_GAINS = tuple(full(b"auxC", name, b"\0") for name in sorted(isobmff.GAIN_MAPS))


@pytest.mark.parametrize(
    "boxes",
    [
        (full(b"iinf", b"\0\2", item(1), item(2, b"tmap")),),
        *(
            (full(b"iinf", b"\0\1", item(1)), properties(gains, struct.pack(">IHBB", 1, 1, 1, 1)))
            for gains in NAMED_GAINS
        ),
    ],
    ids=["derived", *sorted(map(bytes.decode, isobmff.GAIN_MAPS))],
)
def test_gain_map_is_told_by_its_item_or_its_name(boxes):
    assert isobmff.has_gain_map(BytesIO(file_of(*boxes)))
    assert not isobmff.has_gain_map(BytesIO(file_of(full(b"iinf", b"\0\1", item(1)))))
