"""Formats that are only read, HEIC and TIFF: their decoders are large and run in a child process."""

from io import BytesIO
from typing import TYPE_CHECKING

from imgopt import isolation
from imgopt.settings import settings

if TYPE_CHECKING:
    from PIL.Image import Image

# Room for threads and libraries, and for an image in several copies, as libheif and libvips hold them.
MEMORY_BYTES = 6 << 30
REFUSAL = "The file is damaged and can't be decoded, or needs too much memory or time."


def open_heic(data: bytes) -> "Image":
    """Upright, with its profile; EXIF and XMP in `info`."""
    return _open("imgopt.codecs.heic:decode", data)


def open_tiff(data: bytes) -> "Image":
    """The first page, upright, in 8-bit sRGB."""
    return _open("imgopt.codecs.tiff:decode", data)


def _open(target: str, data: bytes) -> "Image":
    from PIL import Image

    limits = isolation.Limits(settings().stage_seconds, MEMORY_BYTES)
    png = isolation.call(target, data, limits, REFUSAL)
    return Image.open(BytesIO(png), formats=["PNG"])


def to_png(image: "Image") -> bytes:
    """Uncompressed, with profile and EXIF: how a child hands its pixels over."""
    out = BytesIO()
    known = {name: image.info[name] for name in ("icc_profile", "exif") if image.info.get(name)}
    image.save(out, "PNG", compress_level=0, **known)
    return out.getvalue()
