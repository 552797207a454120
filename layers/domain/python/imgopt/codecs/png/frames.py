"""The frames of an animated PNG (PNG specification, 3rd ed., 11.3.6), each converted to a still PNG."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from itertools import takewhile

from imgopt.codecs.png.chunks import HEADER_END, SIGNATURE_BYTES, make_chunk
from imgopt.codecs.shared.compositor import Blend, Disposal
from imgopt.errors import InvalidImage

UNREADABLE_FRAMES = "The PNG file is damaged and can't be decoded."
CONTROL = struct.Struct(">5I2H2B")
ANIMATION_CONTROL_BYTES, DEFAULT_DENOMINATOR = 8, 100
DISPOSALS = (Disposal.NONE, Disposal.BACKGROUND, Disposal.PREVIOUS)
BLENDS = (Blend.SOURCE, Blend.OVER)
# Chunks that apply to the pixels of all frames, and the limit on their bytes, which each frame copies.
SHARED_KINDS = frozenset({b"PLTE", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI"})
MOST_SHARED_BYTES = 1 << 20


@dataclass(frozen=True)
class ChunkPlace:
    """The type of a chunk, and the start and end of its data."""

    kind: bytes
    start: int
    end: int


@dataclass(frozen=True)
class Frame:
    """A frame's control data, its duration in milliseconds, and the places of its compressed pixels."""

    size: tuple[int, int]
    left: int
    top: int
    duration: int
    disposal: Disposal
    blend: Blend
    pieces: list[slice] = field(default_factory=list)


@dataclass(frozen=True)
class FrameSequence:
    """An animation with a canvas size and a number of plays (0: endless). A still picture has no frames.

    `shows_default` tells whether the default image is the first frame.
    """

    data: bytes
    size: tuple[int, int]
    frames: tuple[Frame, ...] = ()
    plays: int = 0
    shows_default: bool = True
    shared: bytes = b""

    def to_png(self, frame: Frame) -> bytes:
        """Returns a still picture of the frame's own size."""
        header = struct.pack(">2I", *frame.size) + self.data[SIGNATURE_BYTES + 16 : HEADER_END - 4]
        pieces = [memoryview(self.data)[piece] for piece in frame.pieces]
        begin = self.data[:SIGNATURE_BYTES], make_chunk(b"IHDR", header), self.shared
        return b"".join((*begin, *_join_chunk(b"IDAT", pieces), make_chunk(b"IEND", b"")))


def _join_chunk(kind: bytes, pieces: list[memoryview]) -> Iterator[bytes | memoryview]:
    """Like `make_chunk`, without copying."""
    yield struct.pack(">I4s", sum(map(len, pieces)), kind)
    yield from pieces
    yield reduce(lambda checksum, piece: zlib.crc32(piece, checksum), pieces, zlib.crc32(kind)).to_bytes(4)


def read_sequence(data: bytes) -> FrameSequence:
    """Reads the frames. Raises InvalidImage where they violate the specification."""
    size = struct.unpack_from(">2I", data, SIGNATURE_BYTES + 8)
    head = list(takewhile(lambda chunk: chunk.kind != b"IDAT", walk_chunks(data)))
    control = next((chunk for chunk in head if chunk.kind == b"acTL"), None)
    if control is None or control.end - control.start < ANIMATION_CONTROL_BYTES:
        return FrameSequence(data, size)
    (plays,) = struct.unpack_from(">I", data, control.start + 4)
    shows_default = any(chunk.kind == b"fcTL" for chunk in head)
    frames = tuple(_read_frames(data))
    _check_frames(frames, size, shows_default=shows_default)
    return FrameSequence(data, size, frames, plays, shows_default, _take_shared(data, head))


def walk_chunks(data: bytes) -> Iterator[ChunkPlace]:
    """Yields all chunks up to IEND. The last one may be truncated."""
    position, kind = SIGNATURE_BYTES, b""
    while position + 12 <= len(data) and kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, position)
        yield ChunkPlace(kind, position + 8, position + 8 + length)
        position += 12 + length


def _read_frames(data: bytes) -> list[Frame]:
    """Reads the frames. The default image is a frame where a control chunk precedes it."""
    frames: list[Frame] = []
    expected = 0
    for chunk in walk_chunks(data):
        if chunk.kind in (b"fcTL", b"fdAT"):
            if data[chunk.start : chunk.start + 4] != expected.to_bytes(4):
                raise InvalidImage(UNREADABLE_FRAMES)
            expected += 1
        if chunk.kind == b"fcTL":
            frames.append(_read_control(data[chunk.start : chunk.end]))
        elif chunk.kind == b"fdAT" and frames:
            frames[-1].pieces.append(slice(chunk.start + 4, chunk.end))
        elif chunk.kind == b"IDAT" and frames:
            frames[-1].pieces.append(slice(chunk.start, chunk.end))
    return frames


def _read_control(data: bytes) -> Frame:
    try:
        _, width, height, left, top, delay, unit, disposal, blend = CONTROL.unpack_from(data)
        duration = round(1000 * delay / (unit or DEFAULT_DENOMINATOR))
        return Frame((width, height), left, top, duration, DISPOSALS[disposal], BLENDS[blend])
    except (struct.error, IndexError) as error:
        raise InvalidImage(UNREADABLE_FRAMES) from error


def _check_frames(frames: tuple[Frame, ...], size: tuple[int, int], *, shows_default: bool) -> None:
    for number, frame in enumerate(frames):
        right, bottom = frame.left + frame.size[0], frame.top + frame.size[1]
        is_default = shows_default and number == 0
        if not (all(frame.size) and right <= size[0] and bottom <= size[1] and frame.pieces):
            raise InvalidImage(UNREADABLE_FRAMES)
        if is_default and frame.size != size:
            raise InvalidImage(UNREADABLE_FRAMES)


def _take_shared(data: bytes, head: list[ChunkPlace]) -> bytes:
    """Returns the first chunk of each type."""
    taken: dict[bytes, bytes] = {}
    left = MOST_SHARED_BYTES
    for chunk in head:
        if chunk.kind in SHARED_KINDS and chunk.kind not in taken and chunk.end - chunk.start <= left:
            taken[chunk.kind] = data[chunk.start - 8 : chunk.end + 4]
            left -= chunk.end - chunk.start
    return b"".join(taken.values())
