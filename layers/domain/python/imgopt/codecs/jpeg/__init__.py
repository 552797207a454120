"""JPEG: decoded by Pillow, encoded by jpegli or mozjpeg."""

from dataclasses import replace
from typing import BinaryIO

from imgopt.codecs.capabilities import Content, GainMaps
from imgopt.codecs.format import Format, ImageHeader, Limits
from imgopt.codecs.jpeg import (
    application_segments,
    codec,
    completeness,
    embedded,
    gain_map,
    hidden_bytes,
    loss,
    quick,
    sample,
    segments,
)
from imgopt.codecs.recognition import begins
from imgopt.codecs.shared import headers
from imgopt.codecs.shared.pillow import opener


def _read_header(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    file_segments = segments.check_complete(file)  # must come before Pillow, which reads any number of segments
    header = headers.read_by_pillow(file, found, limits)
    return replace(header, has_gain_map=gain_map.is_declared(file_segments))


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
    clean=gain_map.clean,
    mend=None,
    trim=hidden_bytes.trim,
    replaced_by=None,
    read_embedded=embedded.read_embedded,
    write_xmp=embedded.write_xmp,
    gain_maps=GainMaps(gain_map.read, gain_map.insert),
    read_loss=loss.read_jpeg_loss,
    encode_sample=sample.encode_sample,
    encode_quickly=codec.encode_quickly,
    open_quickly=quick.open_quickly,
    encode_nanoseconds=16.0,
    photo_bits=1.2,
    least_bytes=300,
    decode_nanoseconds=6.0,
    check_decoded=completeness.check_scans,
    longest_metadata=application_segments.LONGEST_METADATA,
    largest_side=65_500,
    keeps_alpha=False,
    choose_encoders=codec.choose_encoders,
    suits=frozenset({Content.PHOTO}),
    decodes_lean=True,
    is_shown_everywhere=True,
)
