"""WebP: decoded by Pillow and libvips, encoded by libwebp."""

from typing import BinaryIO

from imgopt.codecs.capabilities import Content
from imgopt.codecs.format import Format, ImageHeader, Limits
from imgopt.codecs.recognition import begins
from imgopt.codecs.shared import headers, quality_scale
from imgopt.codecs.webp import animation, chunks, codec, hidden_bytes, libwebp, quick


def _read_header(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    chunks.check_complete(file)  # must come before Pillow, which reads any number of chunks
    from PIL import WebPImagePlugin  # noqa: F401 - without it Pillow imports all of its plugins

    return headers.read_by_pillow(file, found, limits)


FORMAT = Format(
    name="webp",
    label="WebP",
    mime_type="image/webp",
    matches=begins(((0, b"RIFF"), (8, b"WEBP"))),
    pillow_name="WEBP",
    read_header=_read_header,
    open_image=codec.open_image,
    scan=animation.scan,
    decode_animation=animation.decode_animation,
    vector=None,
    encode=codec.encode,
    encode_set=None,
    encode_animation=animation.encode_animation,
    encode_quickly=codec.encode_quickly,
    open_quickly=quick.open_quickly,
    encode_animation_quickly=animation.encode_animation,
    rewrite_animation=None,
    clean=chunks.clean,
    mend=None,
    trim=hidden_bytes.trim,
    replaced_by=None,
    read_loss=chunks.read_webp_loss,
    read_embedded=chunks.read_embedded,
    write_xmp=chunks.write_xmp,
    native_of=lambda _: quality_scale.WEBP.native,
    loss_by_sample=1.0,
    encode_nanoseconds=90.0,
    photo_bits=1.25,
    least_bytes=36,
    decode_nanoseconds=11.0,
    decode_made=libwebp.decode,
    insert_metadata=chunks.insert,
    largest_side=16_383,
    largest_lossless=codec.MOST_LOSSLESS_PIXELS,
    largest_alpha=codec.MOST_ALPHA_PIXELS,
    suits=frozenset({Content.DRAWING, Content.ANIMATION}),
    draws_without_loss=True,
    decodes_lean=True,
    is_shown_everywhere=True,
)
