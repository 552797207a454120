"""BMP, which can only be read."""

from typing import BinaryIO

from imgopt.codecs.bmp import codec
from imgopt.codecs.format import Format, ImageHeader, Limits
from imgopt.codecs.shared import headers


def _read_header(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    header = codec.read_file_header(file)
    headers.check_pixels(header.width, header.height, limits.pixels)
    codec.check_whole(file, header, limits)
    return ImageHeader(found.name, found.mime_type, header.width, header.height, dpi=header.dpi)


FORMAT = Format(
    name="bmp",
    label="BMP",
    mime_type="image/bmp",
    matches=codec.is_bmp,
    pillow_name="",
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
)
