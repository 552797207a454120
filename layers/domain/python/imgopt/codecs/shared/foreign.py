"""Formats that are only read, HEIC and TIFF: their decoders are large and run in a child process."""

from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

from imgopt.sandbox import budget, spawning
from imgopt.settings import settings

if TYPE_CHECKING:
    from PIL.Image import Image

# Room for threads and libraries, and for an image in several copies, as libheif and libvips hold them.
MEMORY_BYTES = 6 << 30
REFUSAL = "The file is damaged and can't be decoded, or needs too much memory or time."


def open_heic(data: bytes) -> "Image":
    """Upright, with its profile and EXIF in `info`."""
    return _open("heic", data)


def open_tiff(data: bytes) -> "Image":
    """The first page, upright, in 8-bit sRGB."""
    return _open("tiff", data)


def _open(name: str, data: bytes) -> "Image":
    """A process that is one job's alone needs no other."""
    from PIL import Image

    target = f"imgopt.codecs.{name}.codec"
    if budget.is_begun():
        image: Image.Image = import_module(target).read(data)
        image.info = dict(_kept(image).items())
        return image
    limits = spawning.Limits(settings().stage_seconds, MEMORY_BYTES)
    png = spawning.call(f"{target}:decode", data, limits, REFUSAL)
    return Image.open(BytesIO(png), formats=["PNG"])


def to_png(image: "Image") -> bytes:
    """Uncompressed, with profile and EXIF: how a child hands its pixels over."""
    out = BytesIO()
    image.save(out, "PNG", compress_level=0, **_kept(image))
    return out.getvalue()


def _kept(image: "Image") -> dict[str, Any]:
    return {name: image.info[name] for name in ("icc_profile", "exif") if image.info.get(name)}
