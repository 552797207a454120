"""PNG: decoded by Pillow, with animations composed by this service; encoded by libimagequant and oxipng."""

from typing import BinaryIO

from imgopt.codecs.capabilities import Content, Deep
from imgopt.codecs.format import Format, ImageHeader, Limits
from imgopt.codecs.png import animation, chunks, codec, color, damage, deep, embedded, late_metadata, quick
from imgopt.codecs.recognition import begins
from imgopt.codecs.shared import headers


def _read_header(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    chunks.check_chunk_count(file)  # must come before Pillow, which reads any number of chunks
    return headers.read_by_pillow(file, found, limits, chunks.check_complete, head=damage.read_head(file))


def _mend(data: bytes) -> bytes:
    return late_metadata.bring_forward(damage.mend(data))


FORMAT = Format(
    name="png",
    label="PNG",
    mime_type="image/png",
    matches=begins(((0, b"\x89PNG\r\n\x1a\n"),)),
    pillow_name="PNG",
    read_header=_read_header,
    open_image=animation.open_image,
    scan=animation.scan,
    decode_animation=animation.decode_animation,
    vector=None,
    encode=codec.encode,
    encode_set=None,
    encode_animation=animation.encode_animation,
    encode_quickly=codec.encode_quickly,
    open_quickly=quick.open_quickly,
    rewrite_animation=animation.rewrite,
    clean=animation.clean,
    mend=_mend,
    replaced_by=None,
    read_embedded=embedded.read_embedded,
    write_xmp=embedded.write_xmp,
    renew_checksums=embedded.renew_checksums,
    count_bits=color.bits_of,
    deep=Deep(deep.read, deep.encode, lowest_quality=codec.PALETTE_UP_TO + 1, most_pixels=deep.MOST_DEEP_PIXELS),
    encode_nanoseconds=400.0,
    photo_bits=5.1,
    least_bytes=67,
    decode_nanoseconds=6.0,
    insert_metadata=chunks.insert,
    frame_bytes=9,  # Pillow holds all frames twice
    suits=frozenset({Content.DRAWING}),
    decodes_lean=True,
    is_shown_everywhere=True,
)
