"""Detects hidden bytes behind the last pixels of a WebP's bitstreams, where no decoder looks.

libwebp raises an error where a stream ends before its pixels do. So a stream that can be cut without an error has
hidden bytes.
"""

from collections.abc import Iterator
from io import BytesIO

from imgopt.codecs.webp.chunks import (
    CHUNK_HEADER,
    FRAME,
    FRAME_CHUNKS,
    FRAME_HEADER,
    read_chunks,
    walk_inner,
    write_chunk,
    write_still,
)

# Encoders pad, and decoders read ahead.
SPARE = 16
LOSSY = b"VP8 "
# Tag, start code, width and height. Behind them begins the first partition, whose size is in the tag (RFC 6386, 9.1).
LOSSY_HEADER, SIZE_SHIFT = 10, 5
UNREAD = (OSError, ValueError, EOFError, SyntaxError)


def trim(data: bytes) -> bytes | None:
    """Returns the file; None where there are more than a few hidden bytes."""
    return None if any(_may_be_cut(picture) for picture in _read_pictures(data)) else data


def _read_pictures(data: bytes) -> Iterator[list[tuple[bytes, bytes]]]:
    """Yields the chunks of each picture, with their types."""
    still = list[tuple[bytes, bytes]]()
    for kind, start, end in read_chunks(BytesIO(data)):
        if kind == FRAME:
            yield list(_read_inner(data[start:end], CHUNK_HEADER + FRAME_HEADER))
        elif kind in FRAME_CHUNKS:
            still += _read_inner(data[start:end], 0)
    if still:
        yield still


def _read_inner(part: bytes, start: int) -> Iterator[tuple[bytes, bytes]]:
    for kind, at, _ in walk_inner(part, start):
        length = int.from_bytes(part[at + 4 : at + CHUNK_HEADER], "little")
        if kind in FRAME_CHUNKS:
            yield kind, part[at + CHUNK_HEADER : at + CHUNK_HEADER + length]


def _may_be_cut(picture: list[tuple[bytes, bytes]]) -> bool:
    for number, (kind, body) in enumerate(picture):
        for cut in _cut(kind, body):
            if _is_read([*picture[:number], (kind, cut), *picture[number + 1 :]]):
                return True
    return False


def _cut(kind: bytes, body: bytes) -> Iterator[bytes]:
    """Yields the bitstream with a shorter end, and with a shorter first partition where there are several."""
    if len(body) > SPARE + LOSSY_HEADER:
        yield body[:-SPARE]
    if kind != LOSSY:
        return
    tag = int.from_bytes(body[:3], "little")
    first = tag >> SIZE_SHIFT
    if first > SPARE:
        shorter = (tag - (SPARE << SIZE_SHIFT)).to_bytes(3, "little")
        end = LOSSY_HEADER + first
        yield shorter + body[3 : end - SPARE] + body[end:]


def _is_read(picture: list[tuple[bytes, bytes]]) -> bool:
    from PIL import Image

    try:
        with Image.open(BytesIO(write_still([write_chunk(*each) for each in picture])), formats=["WEBP"]) as image:
            image.load()
    except UNREAD:
        return False
    return True
