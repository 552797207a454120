"""Decompresses the strips and tiles of a TIFF page, to samples that libvips supports."""

from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from imgopt.codecs.jpeg import segments
from imgopt.codecs.shared import vips
from imgopt.codecs.tiff import predictor, tags, unpacking
from imgopt.codecs.tiff.page import Page, places_of
from imgopt.errors import InvalidImage

# Depths that libvips supports with any number of samples, and with one.
NATIVE_BITS, NATIVE_BITS_ALONE = frozenset({8, 16, 32}), frozenset({1, 2, 4})
PREDICTED = unpacking.COMPRESSIONS - {tags.PACK_BITS}
FLOATING_POINT = 3
SCAN_MARKER, END_MARKER = bytes((0xFF, segments.SCAN)), bytes((0xFF, segments.END))
VIPS_FORMATS = {1: "uchar", 2: "ushort", 4: "uint"}
LETTERS = {16: "H", 32: "I", 64: "Q"}


@dataclass(frozen=True)
class SampleForm:
    """The form of converted samples: their depth, and the predictor that is kept."""

    depth: int
    predictor: int


def form_of(page: Page) -> SampleForm:
    used = page.predictor if page.compression in PREDICTED else 1
    undone = used == FLOATING_POINT and (page.separate or page.depth == 64)
    depth = 32 if page.depth == 64 else page.depth if page.depth in native_bits(page) else 16
    return SampleForm(depth, 1 if undone else used)


def native_bits(page: Page) -> frozenset[int]:
    return NATIVE_BITS if page.samples > 1 else NATIVE_BITS | NATIVE_BITS_ALONE


def read_parts(data: bytes, page: Page, form: SampleForm) -> Iterator[bytes]:
    """Yields each strip or tile, with interleaved, little-endian samples.

    Raises InvalidImage where one is missing or damaged.
    """
    places, count, planes = [*places_of(BytesIO(data), page.directory)], _count_parts(page), _count_planes(page)
    if len(places) < count * planes:
        raise InvalidImage(unpacking.MISSING)
    for number in range(count):
        left = page.part_height if page.tiled else page.height - number * page.part_height
        rows = min(left, page.part_height)
        stored = (places[number + plane * count] for plane in range(planes))
        parts = [_read_part(data, place, page, form, rows) for place in stored]
        yield parts[0] if planes == 1 else _interleave(parts, form.depth // 8)


def _count_parts(page: Page) -> int:
    """Returns the number of parts of one plane."""
    return -(-page.width // page.part_width) * -(-page.height // page.part_height)


def _count_planes(page: Page) -> int:
    return page.samples if page.separate else 1


def part_sizes(page: Page) -> list[int]:
    """Returns the uncompressed bytes of each strip or tile. The last strip of a plane may have fewer rows."""
    row, count = page.part_bytes // page.part_height, _count_parts(page)
    rows = [page.part_height] * count
    if not page.tiled:
        rows[-1] = page.height - (count - 1) * page.part_height
    return [row * each for each in rows] * _count_planes(page)


def _read_part(data: bytes, place: tuple[int, int], page: Page, form: SampleForm, rows: int) -> bytes:
    offset, length = place
    size = page.part_bytes // page.part_height * rows
    raw = unpacking.decompress(data[offset : offset + length], page, size)
    return _convert(raw, page, form, rows)


def check_parts(data: bytes, page: Page) -> None:
    """Raises InvalidImage where a part is missing or damaged, and libtiff would make it black, grey or noise.

    libjpeg does that for truncated data. Some programs don't count the last two bytes of a JPEG, its end marker.
    """
    for offset, length in needed_places(data, page):
        if page.compression in unpacking.DEFLATES:
            deque(unpacking.inflate(data[offset : offset + length], page.part_bytes), maxlen=0)
        elif page.compression == tags.JPEG:
            _check_jpeg(data[offset : offset + length + 2])


def needed_places(data: bytes, page: Page) -> list[tuple[int, int]]:
    """Returns offset and length of each needed strip or tile. Raises InvalidImage for empty ones."""
    places = [*places_of(BytesIO(data), page.directory)]
    needed = places[: _count_parts(page) * _count_planes(page)]
    if not all(length for _, length in needed):
        raise InvalidImage(unpacking.MISSING)
    return needed


def _check_jpeg(part: bytes) -> None:
    if part.count(SCAN_MARKER) == 1 and END_MARKER in part[-4:]:
        return  # the usual case: one scan up to the end
    try:
        segments.check_complete(BytesIO(part))
    except InvalidImage as error:
        raise InvalidImage(unpacking.MISSING) from error


def _convert(raw: bytes, page: Page, form: SampleForm, rows: int) -> bytes:
    if form.predictor == FLOATING_POINT:
        return raw
    stride = 1 if page.separate else page.samples
    samples = page.part_width * stride
    if page.predictor == FLOATING_POINT and page.compression in PREDICTED:
        raw = predictor.undo_float_predictor(raw, samples, stride, page.depth // 8)
    elif page.depth in LETTERS:
        raw = _swap(raw, page)
    if page.depth == 64:
        return _halve(raw)
    return raw if form.depth == page.depth else unpacking.widen(raw, rows, samples, page.depth)


def _swap(raw: bytes, page: Page) -> bytes:
    if page.directory.layout.order == "<":
        return raw
    words = array(LETTERS[page.depth], raw)
    words.byteswap()
    return words.tobytes()


def _halve(doubles: bytes) -> bytes:
    pixels = vips.library().Image.new_from_memory(doubles, len(doubles) // 8, 1, 1, "double")
    return bytes(pixels.cast("float").write_to_memory())


def _interleave(planes: list[bytes], sample_bytes: int) -> bytes:
    """Interleaves planes. That also works for a predictor's differences."""
    kind = VIPS_FORMATS[sample_bytes]
    bands = [vips.library().Image.new_from_memory(each, len(each) // sample_bytes, 1, 1, kind) for each in planes]
    return bytes(bands[0].bandjoin(bands[1:]).write_to_memory())
