"""A TIFF page written anew in a form that libvips reads, without a change of its picture.

libvips' libtiff lacks two compressions, which Pillow's has. And libvips reads samples as they lie in memory: no depths
between those, no doubles, no tiles whose colours are stored apart, and alpha that is multiplied in up to 16 bits alone.
What comes out is a little-endian file whose strips or tiles are not made smaller.
"""

import struct
import zlib
from io import BytesIO

from imgopt.codecs.tiff import tags, unpacking
from imgopt.codecs.tiff.directory import MOST_VALUES, read_values
from imgopt.codecs.tiff.page import Page
from imgopt.codecs.tiff.parts import SampleForm, form_of, native_bits, read_parts

BYTES, SHORT, LONG = ("B", 7), ("H", 3), ("I", 4)
START = struct.Struct("<2sHI")
# What pixels mean where libvips wouldn't take the file, or make colours of them.
AS_NUMBERS = {None: tags.BLACK_IS_ZERO, tags.LAB: tags.RGB, tags.ICC_LAB: tags.RGB}

# How values are written, and the values.
Entries = dict[int, tuple[tuple[str, int], list[int]]]


def is_needed(page: Page) -> bool:
    return (
        page.compression in (tags.LZMA, tags.ZSTD)
        or page.photometric in AS_NUMBERS
        or page.depth not in native_bits(page)
        or (page.separate and (page.tiled or (page.floats and page.depth == 16)))
        or (page.associated and (page.floats or page.depth > 16))
    )


def is_possible(page: Page) -> bool:
    return page.compression in unpacking.COMPRESSIONS or page.compression == tags.NO_COMPRESSION


def rewrite_page(data: bytes, page: Page) -> bytes:
    """A file of that page alone. Raises InvalidImage where a part of the picture is missing or damaged."""
    form = form_of(page)
    # libtiff undoes a predictor in what is compressed alone.
    parts = [zlib.compress(part, 0) if form.predictor > 1 else part for part in read_parts(data, page, form)]
    offsets, end = [], START.size
    for part in parts:
        offsets.append(end)
        end += len(part)
    entries = _describe(page, form) | _copy(data, page) | _place(page, offsets, [len(part) for part in parts])
    return b"".join((START.pack(b"II", 42, end), *parts, _to_directory(entries, end)))


def _describe(page: Page, form: SampleForm) -> Entries:
    photometric = AS_NUMBERS.get(page.photometric, page.photometric or 0)
    others = max(0, page.samples - page.colors)
    return {
        tags.WIDTH: (LONG, [page.width]),
        tags.HEIGHT: (LONG, [page.height]),
        tags.BITS: (SHORT, [form.depth] * page.samples),
        tags.COMPRESSION: (SHORT, [tags.DEFLATE if form.predictor > 1 else tags.NO_COMPRESSION]),
        tags.PREDICTOR: (SHORT, [form.predictor]),
        tags.PHOTOMETRIC: (SHORT, [photometric]),
        tags.ORIENTATION: (SHORT, [page.orientation]),
        tags.SAMPLES: (SHORT, [page.samples]),
        tags.SAMPLE_FORMAT: (SHORT, list(page.formats) * page.samples),
        **({tags.EXTRA_SAMPLES: (SHORT, [0] * others)} if others else {}),
    }


def _copy(data: bytes, page: Page) -> Entries:
    kinds = {tags.COLOR_MAP: SHORT, tags.PROFILE: BYTES}
    found = {tag: [*read_values(BytesIO(data), page.directory, tag, MOST_VALUES)] for tag in kinds}
    return {tag: (kinds[tag], values) for tag, values in found.items() if values}


def _place(page: Page, offsets: list[int], lengths: list[int]) -> Entries:
    if page.tiled:
        size: Entries = {tags.TILE_WIDTH: (LONG, [page.part_width]), tags.TILE_HEIGHT: (LONG, [page.part_height])}
        return {**size, tags.TILE_OFFSETS: (LONG, offsets), tags.TILE_LENGTHS: (LONG, lengths)}
    return {tags.ROWS: (LONG, [page.part_height]), tags.OFFSETS: (LONG, offsets), tags.LENGTHS: (LONG, lengths)}


def _to_directory(entries: Entries, start: int) -> bytes:
    """As it lies at `start`, with the values that don't fit it behind."""
    behind, found, values = start + 2 + 12 * len(entries) + 4, [], []
    for tag, ((letter, kind), numbers) in sorted(entries.items()):
        packed = struct.pack(f"<{len(numbers)}{letter}", *numbers)
        if len(packed) > 4:
            values.append(packed)
            packed = struct.pack("<I", behind)
            behind += len(values[-1])
        found.append(struct.pack("<HHI4s", tag, kind, len(numbers), packed))
    return b"".join((struct.pack("<H", len(entries)), *found, bytes(4), *values))
