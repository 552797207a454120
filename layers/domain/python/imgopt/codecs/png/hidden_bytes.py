"""Detects hidden bytes in a PNG's compressed data, behind its pixels or its profile, where no decoder looks."""

import struct
import zlib
from collections.abc import Iterable, Iterator

from imgopt.codecs.png.chunks import CHUNK, HEADER_END, SIGNATURE_BYTES, raw_size
from imgopt.codecs.png.frames import FrameSequence, walk_chunks
from imgopt.codecs.shared.matrix_profile import has_stated_size

# The bytes of the header that describe a sample, behind the size.
SAMPLES = slice(SIGNATURE_BYTES + 16, HEADER_END - 4)
# Chunks of a fixed length (11.2.1, 11.3.6). Others of a wrong length are damaged, and have been removed.
LENGTHS = {b"acTL": 8, b"fcTL": 26, b"IEND": 0}
LONGEST_PROFILE = 1 << 24


def has_hidden_bytes(sequence: FrameSequence) -> bool:
    """Returns whether there are bytes behind the end of a stream, too many pixels, or extra bytes in a chunk.

    Returns True also where a stream can't be decompressed.
    """
    try:
        return _has_hidden_bytes(sequence)
    except zlib.error:
        return True


def _has_hidden_bytes(sequence: FrameSequence) -> bool:
    data, default = sequence.data, list[slice]()
    streams = [(frame.size, frame.pieces) for frame in sequence.frames]
    for place in walk_chunks(data):
        length = place.end - place.start
        if LENGTHS.get(place.kind, length) != length:
            return True
        if place.kind == b"iCCP" and _has_more_than_profile(data[place.start : place.end]):
            return True
        if place.kind == b"IDAT":
            default.append(slice(place.start, place.end))
    if not (sequence.frames and sequence.shows_default):
        streams.append((sequence.size, default))
    return any(_has_more_than_pixels(data, size, pieces) for size, pieces in streams)


def _has_more_than_pixels(data: bytes, size: tuple[int, int], pieces: Iterable[slice]) -> bool:
    expected = raw_size(struct.pack(">2I", *size) + data[SAMPLES])
    inflated, inflater = 0, zlib.decompressobj()
    for part in _cut(data, pieces):
        if inflater.eof:
            return True
        left: bytes | memoryview = part
        while left and inflated <= expected:
            inflated += len(inflater.decompress(left, CHUNK))
            left = inflater.unconsumed_tail
        if inflated > expected or inflater.unused_data:
            return True
    return False


def _cut(data: bytes, pieces: Iterable[slice]) -> Iterator[memoryview]:
    view = memoryview(data)
    for piece in pieces:
        for start in range(piece.start, piece.stop, CHUNK):
            yield view[start : min(start + CHUNK, piece.stop)]


def _has_more_than_profile(content: bytes) -> bool:
    """Parses a name, a zero, the compression method, and the stream (11.3.2.3)."""
    inflater = zlib.decompressobj()
    profile = inflater.decompress(content.partition(b"\0")[2][1:], LONGEST_PROFILE)
    return not inflater.eof or bool(inflater.unused_data) or not has_stated_size(profile)
