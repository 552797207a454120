"""The chunks of a WebP file (RFC 9649): whether they are complete, and which hold metadata."""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from imgopt.codecs.shared.encoding import Metadata
from imgopt.errors import InvalidImage

RIFF_HEADER, CHUNK_HEADER, FRAME_HEADER = 12, 8, 16
BITSTREAMS = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
METADATA_CHUNKS = frozenset({b"EXIF", b"XMP "})
EXTENDED, FLAGS_AT = b"VP8X", 8
FRAME, DISPOSES = b"ANMF", 0x01
METADATA_FLAGS, ALPHA_FLAG = 0x08 | 0x04, 0x10
# An animation has one for each frame.
MOST_CHUNKS = 8192


def check_complete(file: BinaryIO) -> None:
    """Raises InvalidImage where the container is shorter than it says, holds no image, or too many chunks."""
    kinds = {kind for kind, _, _ in _chunks(file)}
    if not kinds & BITSTREAMS:
        raise InvalidImage("The WebP file holds no image.")


def clean(data: bytes, kept: Metadata) -> bytes | None:
    """The same pixels without metadata; None where some is to be kept."""
    return None if kept.exif else strip(data)


def strip(data: bytes) -> bytes:
    """The same image without EXIF and XMP."""
    parts = []
    for kind, start, end in _chunks(BytesIO(data)):
        part = bytearray(data[start:end])
        if kind == EXTENDED:
            part[FLAGS_AT] &= ~METADATA_FLAGS
        if kind not in METADATA_CHUNKS:
            parts.append(bytes(part))
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def mark_alpha(data: bytes) -> bytes:
    """The same animation, said to have transparent pixels.

    libwebp says so only where a frame has some, not where frames leave parts of the canvas bare.
    """
    marked = bytearray(data)
    for kind, start, _ in _chunks(BytesIO(data)):
        if kind == EXTENDED:
            marked[start + FLAGS_AT] |= ALPHA_FLAG
    return bytes(marked)


def mark_bare_canvas(data: bytes) -> bytes:
    """The same file, said to have transparent pixels where it is an animation whose frames leave the canvas bare.

    Pillow would read that as black. The canvas is bare beside the first frame, and where one is disposed of.
    """
    places = [(kind, start + CHUNK_HEADER) for kind, start, _ in _chunks(BytesIO(data))]
    canvas = next((data[at : at + 10] for kind, at in places if kind == EXTENDED), bytes(10))
    frames = [data[at : at + 16] for kind, at in places if kind == FRAME]
    if not frames or canvas[0] & ALPHA_FLAG:
        return data
    covers = frames[0][:6] == bytes(6) and frames[0][6:12] == canvas[4:10]
    clears = any(frame[15] & DISPOSES for frame in frames if len(frame) == FRAME_HEADER)
    return data if covers and not clears else mark_alpha(data)


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Types of chunks, and where each starts and ends with its header and padding."""
    size = file.seek(0, 2)
    file.seek(4)
    promised = int.from_bytes(file.read(4), "little") + 8
    position, number = RIFF_HEADER, 0
    while position + 8 <= min(promised, size):
        number += 1
        if number > MOST_CHUNKS:
            raise InvalidImage("The WebP file is damaged: it has more chunks than an image needs.")
        file.seek(position)
        head = file.read(8)
        length = int.from_bytes(head[4:], "little")
        end = position + 8 + length + length % 2
        yield head[:4], position, end
        position = end
    if promised > size or position > promised + 1:
        raise InvalidImage("The WebP file is truncated.")
