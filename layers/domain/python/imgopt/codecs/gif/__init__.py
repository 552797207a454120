"""GIF: decoded by Pillow, composed by this service, encoded by libimagequant and gifsicle."""

from typing import BinaryIO

from imgopt.codecs.capabilities import Content
from imgopt.codecs.format import Format, ImageHeader, Limits
from imgopt.codecs.gif import blocks, codec, embedded, hidden_bytes, reader
from imgopt.codecs.recognition import begins
from imgopt.codecs.shared import headers
from imgopt.errors import InvalidImage


def _read_header(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    size = blocks.read_size(file)
    headers.check_pixels(*size, limits.pixels)
    timing = headers.scan_frames(file, found, limits, size)
    if min(size) < 1:
        raise InvalidImage("The GIF file contains no image.")
    return ImageHeader(found.name, found.mime_type, *size, frames=timing.frames, fps=timing.fps)


FORMAT = Format(
    name="gif",
    label="GIF",
    mime_type="image/gif",
    matches=begins(((0, b"GIF8"), (5, b"a"))),
    pillow_name="GIF",
    read_header=_read_header,
    open_image=reader.open_image,
    scan=blocks.scan,
    decode_animation=reader.decode_animation,
    vector=None,
    encode=codec.encode,
    encode_set=None,
    encode_animation=codec.encode_animation,
    encode_quickly=codec.encode_quickly,
    encode_animation_quickly=codec.encode_animation_quickly,
    rewrite_animation=codec.rewrite,
    clean=embedded.clean,
    mend=None,
    trim=hidden_bytes.trim,
    replaced_by=None,
    read_embedded=embedded.read_embedded,
    write_xmp=embedded.write_xmp,
    metadata_kinds=frozenset({"XMP"}),
    insert_metadata=embedded.insert,
    largest_side=65_535,
    hardens_alpha=True,
    runs_programs=True,
    tells_frames=True,
    suits=frozenset({Content.ANIMATION}),
    is_shown_everywhere=True,
    least_bytes=35,
)
