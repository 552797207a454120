"""The chunks of a WebP file (RFC 9649): completeness, and metadata."""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.shared.matrix_profile import has_stated_size
from imgopt.codecs.shared.metadata import LONGEST_KEPT
from imgopt.codecs.shared.provenance import Embedded
from imgopt.errors import InvalidImage

RIFF_HEADER, CHUNK_HEADER, FRAME_HEADER = 12, 8, 16
LOSSY = b"VP8 "
BITSTREAMS = frozenset({LOSSY, b"VP8L", b"ANMF"})
EXTENDED, FRAME, FLAGS_AT, DISPOSES = b"VP8X", b"ANMF", 8, 0x01
FRAME_CHUNKS = frozenset({b"ALPH", b"VP8 ", b"VP8L"})
PROFILE = b"ICCP"
NEEDED_CHUNKS = FRAME_CHUNKS | {EXTENDED, PROFILE, b"ANIM"}
# The chunks of a fixed length, in bytes.
LENGTHS = {EXTENDED: 10, b"ANIM": 6}
ALPHA_FLAG, EXIF_FLAG, XMP_FLAG = 0x10, 0x08, 0x04
EXIF, XMP, MANIFEST = b"EXIF", b"XMP ", b"C2PA"
# 14 bits per side: RFC 9649, 2.5 and 3.4; RFC 6386, 9.1.
SIDE = 0x3FFF
# An animation has one chunk per frame.
MOST_CHUNKS = 8192


def check_complete(file: BinaryIO) -> None:
    """Raises InvalidImage where the container is truncated, contains no image, or too many chunks."""
    kinds = {kind for kind, _, _ in read_chunks(file)}
    if not kinds & BITSTREAMS:
        raise InvalidImage("The WebP file contains no image.")


def read_webp_loss(data: bytes) -> Loss:
    """Returns NONE where all frames are lossless (RFC 9649, 2.5 and 2.6). All lossy files count alike."""
    parts = [(kind, data[start:end]) for kind, start, end in read_chunks(BytesIO(data))]
    inner = [kind for outer, part in parts if outer == FRAME for kind, _, _ in walk_inner(part, FRAME_HEADER + 8)]
    return Loss.LIGHT if LOSSY in (*(kind for kind, _ in parts), *inner) else Loss.NONE


def clean(data: bytes, kept: Metadata) -> bytes | None:
    """Returns the same pixels with only these metadata, without unknown chunks; None where the profile has hidden
    bytes.
    """
    parts = [_needed_part(kind, data[start:end]) for kind, start, end in read_chunks(BytesIO(data))]
    profiles = [part[CHUNK_HEADER:] for part in parts if part.startswith(PROFILE)]
    return _write([part for part in parts if part], kept) if all(map(has_stated_size, profiles)) else None


def insert(data: bytes, metadata: Metadata) -> bytes:
    """Adds metadata to a file of this service that has none."""
    parts = [data[start:end] for _, start, end in read_chunks(BytesIO(data))]
    return _write(parts, metadata) if metadata.exif or metadata.xmp else data


def read_embedded(file: BinaryIO) -> Embedded:
    """Returns the XMP of a file, and whether it has a manifest (C2PA 2.2, annex A)."""
    packet, has_manifest = b"", False
    for kind, start, end in read_chunks(file):
        has_manifest |= kind == MANIFEST
        if kind == XMP and not packet and end - start <= LONGEST_KEPT:
            file.seek(start + 4)
            packet = file.read(int.from_bytes(file.read(4), "little"))
    return Embedded(packet, has_manifest)


def write_xmp(data: bytes, packet: bytes) -> bytes:
    """Replaces the XMP packet."""
    found = [(kind, data[start:end]) for kind, start, end in read_chunks(BytesIO(data))]
    kept = Metadata(exif=next((_content(part) for kind, part in found if kind == EXIF), b""), xmp=packet)
    return _write([part for kind, part in found if kind not in (EXIF, XMP)], kept)


def _content(part: bytes) -> bytes:
    """Returns the content without padding."""
    return part[CHUNK_HEADER:][: int.from_bytes(part[4:8], "little")]


def _needed_part(kind: bytes, part: bytes) -> bytes:
    """Returns a chunk without unknown parts (RFC 9649, 2.7.1 and 2.7.1.1); b"" for an unknown chunk."""
    if kind in LENGTHS:
        return write_chunk(kind, part[CHUNK_HEADER : CHUNK_HEADER + LENGTHS[kind]])
    if kind != FRAME:
        return part if kind in NEEDED_CHUNKS else b""
    head = FRAME_HEADER + 8
    inner = b"".join(part[start:end] for kind, start, end in walk_inner(part, head) if kind in FRAME_CHUNKS)
    return write_chunk(FRAME, part[8:head] + inner)


def _write(parts: list[bytes], kept: Metadata) -> bytes:
    if kept.exif or kept.xmp:
        parts = parts if parts[0].startswith(EXTENDED) else [_extend(parts), *parts]
    if parts[0].startswith(EXTENDED):
        flags = parts[0][FLAGS_AT] & ~(EXIF_FLAG | XMP_FLAG) | EXIF_FLAG * bool(kept.exif) | XMP_FLAG * bool(kept.xmp)
        parts[0] = parts[0][:FLAGS_AT] + bytes((flags,)) + parts[0][FLAGS_AT + 1 :]
    metadata = ((EXIF, kept.exif), (XMP, kept.xmp))
    return write_riff([*parts, *(write_chunk(kind, data) for kind, data in metadata if data)])


def write_riff(parts: list[bytes]) -> bytes:
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def write_still(parts: list[bytes]) -> bytes:
    """Returns a file of one picture: its bitstream, perhaps preceded by its alpha."""
    if len(parts) == 1:
        return write_riff(parts)
    header = bytearray(_extend(parts[-1:]))
    header[FLAGS_AT] |= ALPHA_FLAG
    return write_riff([bytes(header), *parts])


def _extend(parts: list[bytes]) -> bytes:
    """Returns the extended header, which metadata need (RFC 9649, 2.7.1), for a simple image."""
    kind, data = parts[0][:4], parts[0][8:]
    if kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        width, height, alpha = (bits & SIDE) + 1, (bits >> 14 & SIDE) + 1, bits >> 28 & 1
    else:
        width, height, alpha = (*(int.from_bytes(data[at : at + 2], "little") & SIDE for at in (6, 8)), 0)
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return write_chunk(EXTENDED, bytes((ALPHA_FLAG * alpha, 0, 0, 0)) + sides)


def write_chunk(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)


def walk_inner(data: bytes, position: int) -> Iterator[tuple[bytes, int, int]]:
    """Yields the complete chunks inside another one."""
    while position + 8 <= len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        end = position + 8 + length + length % 2
        if end > len(data):
            return
        yield data[position : position + 4], position, end
        position = end


def mark_alpha(data: bytes) -> bytes:
    """Sets the alpha flag of an animation.

    libwebp only sets it where a frame has transparent pixels, not where frames leave parts of the canvas undrawn.
    """
    marked = bytearray(data)
    for kind, start, _ in read_chunks(BytesIO(data)):
        if kind == EXTENDED:
            marked[start + FLAGS_AT] |= ALPHA_FLAG
    return bytes(marked)


def mark_bare_canvas(data: bytes) -> bytes:
    """Sets the alpha flag of an animation whose frames leave parts of the canvas undrawn, which Pillow would make
    black.

    These are parts beside the first frame, and disposed ones.
    """
    places = [(kind, start + CHUNK_HEADER) for kind, start, _ in read_chunks(BytesIO(data))]
    canvas = next((data[at : at + 10] for kind, at in places if kind == EXTENDED), bytes(10))
    frames = [data[at : at + 16] for kind, at in places if kind == FRAME]
    if not frames or canvas[0] & ALPHA_FLAG:
        return data
    covers = frames[0][:6] == bytes(6) and frames[0][6:12] == canvas[4:10]
    clears = any(frame[15] & DISPOSES for frame in frames if len(frame) == FRAME_HEADER)
    return data if covers and not clears else mark_alpha(data)


def read_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Yields the types of chunks, with the start and end of each, including header and padding."""
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
