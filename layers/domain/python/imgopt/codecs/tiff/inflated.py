"""A virtual TIFF file whose strips or tiles are inflated here, with all else unchanged.

libtiff ignores the checksum of a stream that doesn't end where it should, and decodes damaged data to noise. Here
checksums are verified, at less cost than libtiff's own inflating.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import deflate

from imgopt.codecs.shared import vips
from imgopt.codecs.tiff import tags, unpacking
from imgopt.codecs.tiff.page import Page
from imgopt.codecs.tiff.parts import needed_places, part_sizes
from imgopt.errors import InvalidImage

SHORT, LONG, LONG8 = 3, 4, 16
# Larger parts would need too much memory for a second copy.
MOST_PART_BYTES = 1 << 26
# A stored block of Deflate has at most this many bytes, behind its header (RFC 1951, 3.2.4).
BLOCK, BLOCK_HEAD, STREAM_HEAD, CHECKSUM_BYTES = 0xFFFF, struct.Struct("<BHH"), b"\x78\x01", 4
FROM_START, FROM_HERE = 0, 1


def is_inflatable(data: bytes, page: Page) -> bool:
    """Returns whether a page is compressed by Deflate, with lengths for all parts."""
    if page.compression not in unpacking.DEFLATES or page.part_bytes > MOST_PART_BYTES:
        return False
    sizes = part_sizes(page)
    fits = page.directory.layout.big or len(data) + 2 * sum(sizes) < 1 << 32
    return fits and len(needed_places(data, page)) == len(sizes)


class InflatedFile:
    """The file for a vips source. `error` is the first damaged part's error, which libvips can't report."""

    def __init__(self, data: bytes, page: Page) -> None:
        self.error: InvalidImage | None = None
        self._data, self._page, self._at = data, page, 0
        self._places, self._sizes = needed_places(data, page), part_sizes(page)
        stored = [_stored_bytes(size) if page.predictor > 1 else size for size in self._sizes]
        directory_at = len(data) + len(data) % 2
        behind = bytes(directory_at - len(data)) + self._describe(directory_at, stored)
        self._behind, parts_at = behind, len(data) + len(behind)
        self._starts = [parts_at, *accumulate(stored, initial=parts_at)][1:]
        layout, at = page.directory.layout, 8 if page.directory.layout.big else 4
        self._head = data[:at] + layout.offset.pack(directory_at)
        self._held: tuple[int, Any] = (-1, b"")

    def to_source(self) -> Any:
        """Returns the source, which must exist until all of it is read."""
        source = vips.library().SourceCustom()
        source.on_read(self._read)
        source.on_seek(self._seek)
        return source

    def _describe(self, start: int, lengths: list[int]) -> bytes:
        """Returns the page's directory at offset `start`, with new offsets and another compression."""
        layout, page = self._page.directory.layout, self._page
        places, sizes = (tags.TILE_OFFSETS, tags.TILE_LENGTHS) if page.tiled else (tags.OFFSETS, tags.LENGTHS)
        kept = {tag: entry for tag, entry in page.directory.entries.items() if tag not in (tags.FILL_ORDER,)}
        kept |= dict.fromkeys((places, sizes, tags.COMPRESSION), (0, 0, b""))
        letter, kind = ("Q", LONG8) if layout.big else ("I", LONG)
        behind = start + layout.count.size + len(kept) * layout.entry.size + layout.offset.size
        width = struct.calcsize(f"{layout.order}{letter}") * len(lengths)
        is_inline = width <= layout.offset.size
        parts_at = behind + (0 if is_inline else 2 * width)
        offsets = [*accumulate(lengths, initial=parts_at)][:-1]
        packed = [struct.pack(f"{layout.order}{len(lengths)}{letter}", *each) for each in (offsets, lengths)]
        at = packed if is_inline else [layout.offset.pack(behind), layout.offset.pack(behind + width)]
        kept[places], kept[sizes] = ((kind, len(lengths), each) for each in at)
        compression = tags.DEFLATE if page.predictor > 1 else tags.NO_COMPRESSION
        kept[tags.COMPRESSION] = (SHORT, 1, struct.pack(f"{layout.order}H", compression))
        entries = b"".join(layout.entry.pack(tag, *kept[tag]) for tag in sorted(kept))
        body = layout.count.pack(len(kept)) + entries + layout.offset.pack(0)
        return body if is_inline else b"".join((body, *packed))

    def _read(self, length: int) -> bytes:
        part = self._cut(length)
        self._at += len(part)
        return part

    def _cut(self, length: int) -> bytes:
        at, first = self._at, self._starts[0]
        if at < len(self._head):
            return self._head[at : at + length]
        if at < len(self._data):
            return self._data[at : at + length]
        if at < first:
            return self._behind[at - len(self._data) :][:length]
        number = bisect_right(self._starts, at) - 1
        if number >= len(self._sizes) or self.error:
            return b""
        try:
            return bytes(memoryview(self._inflate(number))[at - self._starts[number] :][:length])
        except InvalidImage as error:
            self.error = error
            return b""

    def _seek(self, offset: int, whence: int) -> int:
        base = {FROM_START: 0, FROM_HERE: self._at}.get(whence, self._starts[-1])
        self._at = base + offset
        return self._at

    def _inflate(self, number: int) -> Any:
        if self._held[0] != number:
            offset, length = self._places[number]
            stream = self._data[offset : offset + length]
            part = unpacking.decompress(stream, self._page, self._sizes[number])
            self._held = number, b"".join(_store(part)) if self._page.predictor > 1 else part
        return self._held[1]


def _stored_bytes(size: int) -> int:
    return len(STREAM_HEAD) + -(-size // BLOCK) * BLOCK_HEAD.size + size + CHECKSUM_BYTES


def _store(part: bytes) -> Iterator[Any]:
    """Yields an uncompressed Deflate stream of the bytes: libtiff only applies a predictor to compressed data."""
    view = memoryview(part)
    yield STREAM_HEAD
    for at in range(0, len(part), BLOCK):
        block = view[at : at + BLOCK]
        yield BLOCK_HEAD.pack(at + BLOCK >= len(part), len(block), len(block) ^ BLOCK)
        yield block
    yield deflate.adler32(part).to_bytes(CHECKSUM_BYTES)
