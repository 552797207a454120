"""Cuts bytes out of an AVIF, so that a replaced packet takes no space."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from imgopt.codecs.shared.isobmff import top_boxes

DATA, HEAD_BYTES = b"mdat", 8

# The offset and the length of an item's bytes.
ByteRange = tuple[int, int]
# The start and end of bytes that are cut out.
Gap = tuple[int, int]
NO_GAP = (0, 0)


@dataclass(frozen=True)
class Piece:
    """A box or a part of one: its range in the original file, and its bytes without the gap."""

    start: int
    end: int
    data: bytes
    is_box: bool = True


def find_gap(data: bytes, extents: Sequence[ByteRange], others: Sequence[ByteRange]) -> Gap:
    """Returns the range of the old packet inside a box, if it doesn't overlap `others`."""
    if len(extents) != 1:
        return NO_GAP
    start, end = extents[0][0], sum(extents[0])
    holding = [box for box in top_boxes(BytesIO(data)) if box.kind == DATA and box.start <= start < end <= box.end]
    is_shared = any(offset < end and start < offset + length for offset, length in others)
    # A box with a 64-bit length, or without a length, is left as it is.
    lengths = [int.from_bytes(data[box.start - HEAD_BYTES : box.start - 4]) - HEAD_BYTES for box in holding]
    is_inside = any(end - start < box.end - box.start == length for box, length in zip(holding, lengths, strict=True))
    return (start, end) if is_inside and not is_shared else NO_GAP


def cut_box(data: bytes, start: int, end: int, gap: Gap) -> Iterator[Piece]:
    """Yields the pieces of a box before and behind the gap."""
    first, last = gap
    if not start < first < last <= end:
        yield Piece(start, end, data[start:end])
        return
    length = end - start - (last - first)
    yield Piece(start, last, length.to_bytes(4) + data[start + 4 : first], is_box=False)
    yield Piece(last, end, data[last:end], is_box=False)
