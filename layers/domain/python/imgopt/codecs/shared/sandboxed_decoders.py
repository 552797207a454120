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


def open_apart(module: str, data: bytes) -> "Image":
    """By the module's `read` where this process is one job's alone, which needs no other; else by its `decode`."""
    from PIL import Image

    if budget.is_begun():
        image: Image.Image = import_module(module).read(data)
        image.info = dict(_kept(image).items())
        return image
    limits = spawning.ChildLimits(settings().stage_seconds, MEMORY_BYTES)
    png = spawning.call_spawned(f"{module}:decode", data, limits, REFUSAL)
    return Image.open(BytesIO(png), formats=["PNG"])


def to_png(image: "Image") -> bytes:
    """Uncompressed, with profile and EXIF: how a child hands its pixels over."""
    out = BytesIO()
    image.save(out, "PNG", compress_level=0, **_kept(image))
    return out.getvalue()


def _kept(image: "Image") -> dict[str, Any]:
    return {name: image.info[name] for name in ("icc_profile", "exif") if image.info.get(name)}
