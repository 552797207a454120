"""A JPEG as JPEG XL that gives it back, byte for byte (ISO/IEC 18181-2, annex A)."""

from io import BytesIO

from imgopt.codecs.jxl import libjxl
from imgopt.codecs.jxl.container import read_file
from imgopt.codecs.jxl.image_header import read_image_header
from imgopt.errors import InvalidImage


def hold_jpeg(jpeg: bytes) -> bytes:
    """A fifth smaller. Raises InvalidImage where the same JPEG would not come back, as for CMYK."""
    packed = libjxl.pack_jpeg(jpeg)
    if libjxl.unpack_jpeg(packed) != jpeg:
        raise InvalidImage("JPEG XL can't hold this JPEG without loss.")
    return packed


def release_jpeg(data: bytes) -> bytes:
    """The JPEG in a file. Raises InvalidImage where there is none, or one of another size than the file says."""
    from PIL import Image

    file = read_file(data)
    if not file.reconstruction:
        raise InvalidImage("The JPEG XL file doesn't hold what gives back a JPEG.")
    image, jpeg = read_image_header(file.codestream), libjxl.unpack_jpeg(data)
    try:
        with Image.open(BytesIO(jpeg), formats=["JPEG"]) as opened:
            size = opened.size
    except (OSError, SyntaxError) as error:
        raise InvalidImage("The JPEG in the JPEG XL file is damaged.") from error
    if size != (image.width, image.height):
        raise InvalidImage("The JPEG in the JPEG XL file has another size than it says.")
    return jpeg
