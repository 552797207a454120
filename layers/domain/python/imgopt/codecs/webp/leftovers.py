"""Whether a WebP's bitstreams hold bytes behind their last pixels, where no decoder looks.

libwebp ends with an error where a stream ends before its pixels do: one that may be cut holds more than these.
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

# Encoders round up, and decoders read ahead.
SPARE = 16
LOSSY = b"VP8 "
# Tag, start code, width and height, behind which the first part begins, whose size the tag has (RFC 6386, 9.1).
LOSSY_HEADER, SIZE_SHIFT = 10, 5
UNREAD = (OSError, ValueError, EOFError, SyntaxError)


def trim(data: bytes) -> bytes | None:
    """The same file; None where such bytes are more than a few."""
    return None if any(_may_be_cut(picture) for picture in _read_pictures(data)) else data


def _read_pictures(data: bytes) -> Iterator[list[tuple[bytes, bytes]]]:
    """The chunks of each, with their kinds."""
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
    """With less at the end and, where that is in parts, at the end of the first."""
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
