"""Converts a TIFF page to a form that libvips supports, without changing its picture.

libvips' libtiff lacks two compressions, which Pillow's has. libvips also doesn't support intermediate depths, doubles,
separate planes in tiles, and premultiplied alpha of more than 16 bits. The result is a little-endian file with
uncompressed strips or tiles.
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
# Photometric interpretations for kinds that libvips would refuse, or convert.
AS_NUMBERS = {None: tags.BLACK_IS_ZERO, tags.LAB: tags.RGB, tags.ICC_LAB: tags.RGB}

# Tag, type and count, and values.
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
    """Returns a file with only this page. Raises InvalidImage where a part of the picture is missing or damaged."""
    form = form_of(page)
    # libtiff only applies a predictor to compressed data.
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
    """Returns a directory at offset `start`, followed by the values that don't fit into it."""
    behind, found, values = start + 2 + 12 * len(entries) + 4, [], []
    for tag, ((letter, kind), numbers) in sorted(entries.items()):
        packed = struct.pack(f"<{len(numbers)}{letter}", *numbers)
        if len(packed) > 4:
            values.append(packed)
            packed = struct.pack("<I", behind)
            behind += len(values[-1])
        found.append(struct.pack("<HHI4s", tag, kind, len(numbers), packed))
    return b"".join((struct.pack("<H", len(entries)), *found, bytes(4), *values))
