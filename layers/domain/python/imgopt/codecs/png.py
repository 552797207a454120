"""PNG, without loss: Pillow writes it, oxipng finds the smallest filters and deflate."""

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODER = "oxipng"
LOSSLESS = True
LEVEL = 2
SIGNATURE_BYTES = 8
CHUNK = 1 << 16
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Start and step of each pass by column and row: PNG specification (third edition), 8.2.
ADAM7 = ((0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2))


def encode(image: "Image", quality: int) -> bytes:
    """The same pixels at any quality."""
    import oxipng

    out = BytesIO()
    image.save(out, "PNG", compress_level=1)
    return bytes(oxipng.optimize_from_memory(out.getvalue(), level=LEVEL))


def check_complete(file: BinaryIO) -> None:
    """Raises InvalidImage where chunks are missing or hold fewer pixels than the header promises."""
    expected, inflated = 0, 0
    inflater = zlib.decompressobj()
    for kind, data in _chunks(file):
        if kind == b"IHDR":
            expected = _raw_size(data)
        elif kind == b"IDAT" and inflated < expected:
            inflated += _inflate(inflater, data, expected - inflated)
    if inflated < expected or not expected:
        raise InvalidImage("The PNG file is truncated: it holds fewer pixels than its header says.")


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Chunk types with their data up to IEND, in pieces where they are long."""
    file.seek(SIGNATURE_BYTES)
    while True:
        head = _read(file, 8)
        left, kind = int.from_bytes(head[:4]), head[4:]
        if kind == b"IEND":
            return
        checksum = zlib.crc32(kind)
        while left:
            data = _read(file, min(left, CHUNK))
            left -= len(data)
            checksum = zlib.crc32(data, checksum)
            yield kind, data
        if _read(file, 4) != checksum.to_bytes(4) and kind[:1].isupper():  # small letters: chunks to do without
            raise InvalidImage("The PNG file is damaged.")


def _read(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise InvalidImage("The PNG file is truncated.")
    return data


def _raw_size(header: bytes) -> int:
    """Bytes of all scanlines, each with its filter byte."""
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    bits = header[8] * CHANNELS.get(header[9], 0)
    if not header[12]:
        return _pass_size(width, height, bits)
    return sum(
        _pass_size(-(-(width - x) // step_x), -(-(height - y) // step_y), bits) for x, step_x, y, step_y in ADAM7
    )


def _pass_size(width: int, height: int, bits: int) -> int:
    return height * (1 + -(-width * bits // 8)) if width > 0 and height > 0 else 0


def _inflate(inflater: "zlib._Decompress", data: bytes, wanted: int) -> int:
    """How many bytes come out, at most those wanted; none is kept."""
    inflated = 0
    try:
        while data and inflated < wanted:
            inflated += len(inflater.decompress(data, min(wanted - inflated, 1 << 20)))
            data = inflater.unconsumed_tail
    except zlib.error as error:
        raise InvalidImage("The PNG file is damaged.") from error
    return inflated
