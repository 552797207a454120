"""The boxes of a JPEG XL file (ISO/IEC 18181-2), or a bare codestream."""

from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from imgopt.codecs.jxl.image_header import SIGNATURE
from imgopt.codecs.jxl.low_bits import DAMAGED
from imgopt.codecs.shared.isobmff import top_boxes
from imgopt.codecs.shared.metadata import LONGEST_KEPT
from imgopt.errors import InvalidImage

CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
TYPE = b"\0\0\0\x14ftypjxl \0\0\0\0jxl "
LEVEL, WHOLE, PART, RECONSTRUCTION = b"jxll", b"jxlc", b"jxlp", b"jbrd"
EXIF, XMP, PACKED = b"Exif", b"xml ", b"brob"
# The number of a part. Its highest bit marks the last part.
PART_NUMBER_BYTES = 4
LONGEST_UNPACKED = LONGEST_KEPT + 1
# Four bytes before EXIF: the offset of its TIFF header, counted from behind them.
EXIF_OFFSET_BYTES = 4


@dataclass(frozen=True)
class JxlFile:
    """The parts of a file: the codestream, the data for restoring a JPEG, and metadata; each is b"" where it is
    missing.

    `level` is the codestream's (annex M of 18181-1), which a file must state where it isn't 5.
    """

    codestream: bytes
    reconstruction: bytes = b""
    exif: bytes = b""
    xmp: bytes = b""
    level: bytes = b""


def read_file(data: bytes) -> JxlFile:
    """Parses a file. Raises InvalidImage where the boxes are damaged or truncated, or contain no image."""
    if data.startswith(SIGNATURE):
        return JxlFile(data)
    found = [(box.kind, data[box.start : box.end]) for box in top_boxes(BytesIO(data))]
    parts = sorted((content[:PART_NUMBER_BYTES], content[PART_NUMBER_BYTES:]) for content in _all(found, PART))
    numbers = [int.from_bytes(number) & 0x7FFFFFFF for number, _ in parts]
    codestream = _first(found, WHOLE) or b"".join(part for _, part in parts)
    if not codestream or len({*numbers}) < len(numbers):
        raise InvalidImage(DAMAGED)
    exif = _first_word(found, EXIF)
    start = EXIF_OFFSET_BYTES + int.from_bytes(exif[:EXIF_OFFSET_BYTES])
    words = exif[start:], _first_word(found, XMP)
    return JxlFile(codestream, _first(found, RECONSTRUCTION), *words, _first(found, LEVEL))


def _all(found: list[tuple[bytes, bytes]], wanted: bytes) -> list[bytes]:
    return [content for kind, content in found if kind == wanted]


def _first(found: list[tuple[bytes, bytes]], wanted: bytes) -> bytes:
    return next(iter(_all(found, wanted)), b"")


def _first_word(found: list[tuple[bytes, bytes]], wanted: bytes) -> bytes:
    """Returns the content of the first box of a type, also of a Brotli-compressed one."""
    packed = (content[len(wanted) :] for content in _all(found, PACKED) if content.startswith(wanted))
    return _first(found, wanted) or next((_unpack(content) for content in packed), b"")


def _unpack(content: bytes) -> bytes:
    """Decompresses Brotli (RFC 7932). Returns b"" where it is damaged, or longer than what is kept."""
    import brotli

    unpacker = brotli.Decompressor()
    with suppress(brotli.error):
        unpacked = unpacker.process(content, output_buffer_limit=LONGEST_UNPACKED)
        return unpacked if unpacker.is_finished() else b""
    return b""


def write_boxes(file: JxlFile) -> bytes:
    """Returns the file; the bare codestream where there is nothing else."""
    if not (file.reconstruction or file.exif or file.xmp or file.level):
        return file.codestream
    exif = file.exif and bytes(EXIF_OFFSET_BYTES) + file.exif
    contents = (
        *((LEVEL, file.level), (RECONSTRUCTION, file.reconstruction)),
        *((EXIF, exif), (XMP, file.xmp), (WHOLE, file.codestream)),
    )
    return CONTAINER + TYPE + b"".join(make_box(kind, content) for kind, content in contents if content)


def make_box(kind: bytes, content: bytes) -> bytes:
    """Returns a box with its length."""
    return (8 + len(content)).to_bytes(4) + kind + content
