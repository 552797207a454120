"""TIFF, which can only be read, by libvips and Pillow in a child process. Camera raw files are TIFF too."""

from typing import BinaryIO

from imgopt.codecs.format import Format, ImageHeader, Limits
from imgopt.codecs.recognition import begins
from imgopt.codecs.shared import headers
from imgopt.codecs.tiff import codec, depth, embedded, loss
from imgopt.codecs.tiff.camera_raw import RawPreview
from imgopt.codecs.tiff.picture import find_picture


def _read_header(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    picture, warning = find_picture(file, limits)
    size = picture.width, picture.height
    if isinstance(picture, RawPreview):
        return ImageHeader(found.name, found.mime_type, *size, warning=warning)
    width, height = reversed(size) if picture.orientation in headers.TURNED else size
    has_alpha = picture.alpha is not None
    return ImageHeader(found.name, found.mime_type, width, height, picture.dpi, has_alpha=has_alpha, warning=warning)


FORMAT = Format(
    name="tiff",
    label="TIFF",
    mime_type="image/tiff",
    # TIFF and BigTIFF; the raw files of Olympus and Panasonic.
    matches=begins(
        *(((0, start),) for start in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"IIRO", b"IIRS", b"MMOR", b"IIU\0"))
    ),
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
    read_embedded=embedded.read_embedded,
    count_bits=depth.count_tiff_bits,
    read_loss=loss.read_tiff_loss,
)
