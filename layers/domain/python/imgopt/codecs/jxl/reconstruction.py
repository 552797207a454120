"""Stores a JPEG in JPEG XL so that it can be restored byte for byte (ISO/IEC 18181-2, annex A)."""

from io import BytesIO

from imgopt.codecs.jxl import libjxl
from imgopt.codecs.jxl.container import read_file
from imgopt.codecs.jxl.image_header import read_image_header
from imgopt.errors import InvalidImage


def store_jpeg(jpeg: bytes) -> bytes:
    """Returns a file about a fifth smaller. Raises InvalidImage where the JPEG could not be restored, as for CMYK."""
    packed = libjxl.pack_jpeg(jpeg)
    if libjxl.unpack_jpeg(packed) != jpeg:
        raise InvalidImage("JPEG XL can't store this JPEG without loss.")
    return packed


def restore_jpeg(data: bytes) -> bytes:
    """Restores the JPEG of a file. Raises InvalidImage where there is none, or its size contradicts the file's."""
    from PIL import Image

    file = read_file(data)
    if not file.reconstruction:
        raise InvalidImage("The JPEG XL file contains no JPEG that can be restored.")
    image, jpeg = read_image_header(file.codestream), libjxl.unpack_jpeg(data)
    try:
        with Image.open(BytesIO(jpeg), formats=["JPEG"]) as opened:
            size = opened.size
    except (OSError, SyntaxError) as error:
        raise InvalidImage("The JPEG in the JPEG XL file is damaged.") from error
    if size != (image.width, image.height):
        raise InvalidImage("The JPEG in the JPEG XL file has another size than the file says.")
    return jpeg
