"""Checksums of Deflate, compared by the pixels that libtiff has made of a page, as it passes over them itself.

What was compressed is the pixels themselves, or their differences (TIFF 6.0, section 14), so that nothing needs to be
decompressed a second time.
"""

import zlib
from collections.abc import Iterator
from typing import Any

from imgopt.codecs.shared import vips
from imgopt.codecs.tiff import tags, unpacking
from imgopt.codecs.tiff.page import Page
from imgopt.codecs.tiff.parts import check_parts, needed_places

# Of larger ones no copy is held in memory.
MOST_PIXELS = 16_000_000
# Differences are made of about so many bytes at a time.
CHUNK_BYTES = 1 << 19
LARGEST_DEEP = 0xFFFF
HORIZONTAL = 2
CHECKSUM_BYTES = 4  # the last ones of a stream, the highest first (RFC 1950, 2.2)
AS_STORED = frozenset({tags.BLACK_IS_ZERO, tags.RGB, tags.INKS})


def are_comparable(page: Page) -> bool:
    """Whether libvips gives samples as they are in the file, but for the order of their bytes."""
    return (
        page.compression in unpacking.DEFLATES
        and page.fill_order != unpacking.LOWEST_FIRST
        and page.photometric in AS_STORED
        and page.depth in (8, 16)
        and page.predictor in (1, HORIZONTAL)
        and not page.tiled
        and not page.separate
        and page.width * page.height <= MOST_PIXELS
    )


def read_checked(pixels: Any, data: bytes, page: Page) -> Any:
    """The samples of all pixels. Raises InvalidImage where a checksum is wrong, pyvips' Error as libvips does."""
    needed_places(data, page)
    try:
        samples = pixels.write_to_memory()
    except vips.library().Error:
        check_parts(data, page)
        raise
    if not _are_right(memoryview(samples), data, page):
        check_parts(data, page)  # something may stand behind a stream
    return samples


def _are_right(samples: memoryview, data: bytes, page: Page) -> bool:
    if len(samples) != page.width * page.height * page.samples * page.depth // 8:
        return False
    ends = [offset + length for offset, length in needed_places(data, page)]
    stored = [int.from_bytes(data[end - CHECKSUM_BYTES : end]) for end in ends]
    return stored == [zlib.adler32(part) for part in _compressed_parts(samples, page)]


def _compressed_parts(samples: memoryview, page: Page) -> Iterator[memoryview]:
    size = page.part_bytes
    step = size * max(1, CHUNK_BYTES // size)
    for start in range(0, len(samples), step):
        compressed = memoryview(_compressed_bytes(samples[start : start + step], page))
        yield from (compressed[at : at + size] for at in range(0, len(compressed), size))


def _compressed_bytes(rows: memoryview, page: Page) -> Any:
    """Rows of pixels as they were compressed."""
    if page.depth == 8:
        return rows if page.predictor == 1 else _differences(rows, page.width * page.samples, page.samples)
    swapped = page.directory.layout.order == ">"
    return _deep_bytes(rows, page, swapped=swapped) if swapped or page.predictor == HORIZONTAL else rows


def _differences(rows: memoryview, width: int, samples: int) -> bytes:
    """Each sample less that of the pixel to its left, as bytes that wrap around."""
    from PIL import Image, ImageChops

    plain = Image.frombytes("L", (width, len(rows) // width), rows)
    left = ImageChops.offset(plain, samples, 0)
    left.paste(0, (0, 0, samples, left.height))
    return ImageChops.subtract_modulo(plain, left).tobytes()


def _deep_bytes(rows: memoryview, page: Page, *, swapped: bool) -> Any:
    """The same of 16 bits, in the file's order."""
    height = len(rows) // (2 * page.width * page.samples)
    plain = vips.library().Image.new_from_memory(rows, page.width, height, page.samples, "ushort")
    if page.predictor == HORIZONTAL:
        left = plain.embed(1, 0, page.width, height)
        plain = ((plain - left) & LARGEST_DEEP).cast("ushort")
    return (plain.byteswap() if swapped else plain).write_to_memory()
