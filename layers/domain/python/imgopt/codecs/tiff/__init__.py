"""TIFF, which is only read, by libvips in a child process."""

from typing import BinaryIO

from imgopt.codecs.format import Format, ImageHeader, Limits, begins
from imgopt.codecs.shared import headers
from imgopt.codecs.tiff import codec, depth, tags


def _read_header(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    page = tags.read_page(file)
    headers.check_pixels(page.width, page.height, limits.pixels)
    size = (page.height, page.width) if page.orientation in headers.TURNED else (page.width, page.height)
    return ImageHeader(found.name, found.mime_type, *size, dpi=page.dpi)


FORMAT = Format(
    name="tiff",
    label="TIFF",
    mime_type="image/tiff",
    matches=begins(((0, b"II*\0"),), ((0, b"MM\0*"),)),
    pillow_name="TIFF",
    read_header=_read_header,
    open_image=codec.open_image,
    scan=None,
    decode_animation=None,
    vector=None,
    encode=None,
    encode_set=None,
    encode_animation=None,
    rewrite_animation=None,
    clean=None,
    mend=None,
    replaced_by=("jpg", "png"),
    count_bits=depth.count_tiff_bits,
)
