"""JPEG XL: containers, headers and frames are parsed here, pixels are decoded by libjxl."""

from typing import BinaryIO

from imgopt.codecs.capabilities import Content, Packing
from imgopt.codecs.format import Format, ImageHeader, Limits
from imgopt.codecs.jxl import animation, animation_writer, cleaning, codec, embedded, libjxl, reconstruction
from imgopt.codecs.jxl.container import CONTAINER, read_file
from imgopt.codecs.jxl.image_header import SIGNATURE, read_image_header
from imgopt.codecs.recognition import begins
from imgopt.codecs.shared import headers, quality_scale
from imgopt.codecs.shared.encoding import BITS

COARSE = "Dark tones are coarse: samples of linear light were reduced to 8 bits."


def _read_header(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    image = read_image_header(read_file(file.read()).codestream)
    headers.check_pixels(image.width, image.height, limits.pixels)
    timing = headers.scan_frames(file, found, limits, image.seen_size)
    return ImageHeader(
        *(found.name, found.mime_type, *image.seen_size, None, timing.frames, timing.fps),
        has_alpha=image.alpha is not None,
        warning=COARSE if image.color.is_linear and image.bits > BITS else None,
    )


FORMAT = Format(
    name="jxl",
    label="JPEG XL",
    mime_type="image/jxl",
    matches=begins(((0, SIGNATURE),), ((0, CONTAINER),)),
    pillow_name="",
    read_header=_read_header,
    open_image=codec.open_image,
    scan=animation.scan,
    decode_animation=animation.decode_animation,
    vector=None,
    encode=codec.encode,
    encode_set=None,
    encode_animation=animation_writer.encode_animation,
    rewrite_animation=None,
    clean=cleaning.clean,
    mend=None,
    replaced_by=None,
    read_embedded=embedded.read_embedded,
    write_xmp=embedded.write_xmp,
    contain=embedded.contain,
    count_bits=codec.count_bits,
    read_loss=codec.read_jxl_loss,
    packing=Packing(
        of="jpg", encoder=codec.ENCODER, pack=reconstruction.store_jpeg, unpack=reconstruction.restore_jpeg
    ),
    insert_metadata=codec.insert,
    largest_alpha=codec.MOST_ALPHA_PIXELS,
    encode_sample=codec.encode_jxl_sample,
    decode_made=libjxl.decode,
    native_of=lambda _: quality_scale.JXL.native,
    encode_nanoseconds=45.0,
    photo_bits=1.0,
    least_bytes=18,
    decode_nanoseconds=40.0,
    suits=frozenset({Content.PHOTO}),
)
