"""ICO: a set of small pictures, each a PNG or a bitmap."""

from typing import BinaryIO

from imgopt.codecs.capabilities import ImageSet
from imgopt.codecs.format import Format, ImageHeader, Limits
from imgopt.codecs.ico import codec
from imgopt.codecs.recognition import begins
from imgopt.codecs.shared import headers


def _read_header(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    size = codec.read_size(file)
    headers.check_pixels(*size, limits.pixels)
    return ImageHeader(found.name, found.mime_type, *size)


FORMAT = Format(
    name="ico",
    label="ICO",
    mime_type="image/x-icon",
    matches=begins(((0, b"\0\0\1\0"),)),
    pillow_name="",
    read_header=_read_header,
    open_image=codec.open_image,
    scan=None,
    decode_animation=None,
    vector=None,
    encode=codec.encode,
    encode_set=ImageSet(
        sides=codec.SIDES,
        encode=codec.encode_set,
        encode_packed=codec.encode_packed_set,
        rewrite=codec.rewrite_set,
        rewrite_packed=codec.rewrite_packed_set,
        read_sizes=codec.read_sizes,
        drop_largest=codec.drop_largest,
    ),
    encode_animation=None,
    rewrite_animation=None,
    clean=codec.clean,
    mend=codec.mend,
    replaced_by=None,
    longest_metadata=0,
    largest_side=codec.LARGEST_SIDE,
    least_bytes=70,
)
