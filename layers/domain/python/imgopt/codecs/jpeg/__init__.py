"""JPEG: read by Pillow, written by jpegli or mozjpeg."""

from typing import BinaryIO

from imgopt.codecs.format import Format, ImageHeader, Limits, begins
from imgopt.codecs.jpeg import application_segments, codec, segments
from imgopt.codecs.shared import headers
from imgopt.codecs.shared.pillow import opener


def _read_header(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    segments.check_complete(file)  # before Pillow sees the file: it reads as many parts as there are
    return headers.read_by_pillow(file, found, limits)


FORMAT = Format(
    name="jpg",
    label="JPEG",
    mime_type="image/jpeg",
    aliases=("jpeg", "jpe", "jfif"),
    matches=begins(((0, b"\xff\xd8\xff"),)),
    pillow_name="JPEG",
    read_header=_read_header,
    open_image=opener("JPEG"),
    scan=None,
    decode_animation=None,
    vector=None,
    encode=codec.encode,
    encode_set=None,
    encode_animation=None,
    rewrite_animation=None,
    clean=application_segments.clean,
    mend=None,
    replaced_by=None,
    largest_side=65_500,
    keeps_alpha=False,
    encoders={"jpegli": codec.encode_by_jpegli, "mozjpeg": codec.encode_by_mozjpeg},
)
