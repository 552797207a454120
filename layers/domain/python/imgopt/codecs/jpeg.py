"""JPEG: jpegli encodes, mozjpeg repacks its coefficients without loss."""

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from imgopt.codecs.color import flatten
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODER = "jpegli"
LOSSLESS = False
CHUNK = 1 << 20
SCAN, END = 0xDA, 0xD9
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


def encode(image: "Image", quality: int) -> bytes:
    """Progressive JPEG, quality 1-100. Grey stays grey; what is transparent turns white."""
    import mozjpeg_lossless_optimization

    flat = flatten(image)
    data = _encode_grey(flat, quality) if flat.mode == "L" else _encode_color(flat, quality)
    return bytes(mozjpeg_lossless_optimization.optimize(data))


def _encode_color(image: "Image", quality: int) -> bytes:
    import pyjpegli

    pixels = image.tobytes()
    return bytes(pyjpegli.encode(pixels, image.width, image.height, quality=quality))


def _encode_grey(image: "Image", quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def check_complete(file: BinaryIO) -> None:
    """Raises InvalidImage where the segments end before the image does (ITU T.81, annex B)."""
    if not _end_follows(file, _find_scan(file)):
        raise InvalidImage("The JPEG file is truncated.")


def _find_scan(file: BinaryIO) -> int:
    """The position of the first scan's data."""
    position = 2
    while True:
        file.seek(position)
        segment = file.read(4)
        if len(segment) < 4 or segment[0] != 0xFF or segment[1] == END:
            raise InvalidImage("The JPEG file is truncated or damaged.")
        marker, length = segment[1], int.from_bytes(segment[2:])
        if marker == 0xFF:  # a fill byte
            position += 1
        elif marker in WITHOUT_LENGTH:
            position += 2
        else:
            position += 2 + length
        if marker == SCAN:
            return position


def _end_follows(file: BinaryIO, position: int) -> bool:
    """Whether an end-of-image marker stands anywhere behind a position: some cameras write more after it."""
    file.seek(position)
    last = b""
    while chunk := file.read(CHUNK):
        if bytes((0xFF, END)) in last + chunk:
            return True
        last = chunk[-1:]
    return False
