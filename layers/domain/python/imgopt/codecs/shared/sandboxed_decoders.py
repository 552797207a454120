"""Decodes the read-only formats HEIC and TIFF in a child process, because their decoders are large."""

from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared.iptc import IPTC_RESOURCE
from imgopt.sandbox import budget, spawning

if TYPE_CHECKING:
    from PIL.Image import Image

# Address space for threads, libraries, and several copies of an image in libheif and libvips.
MEMORY_BYTES = 6 << 30
KEPT = ("icc_profile", "exif", "xmp", "photoshop")
REFUSAL = "The file is damaged and can't be decoded, or needs too much memory or time."


def open_sandboxed(module: str, data: bytes) -> "Image":
    """Opens an image: by the module's `read` in a process that works for a single job; else by its `decode` in
    a child.
    """
    from PIL import Image

    if budget.is_begun():
        image: Image.Image = import_module(module).read(data)
        image.info = dict(_kept(image).items())
        return image
    from imgopt.settings import settings  # imported late, because its import takes longer than a child's other ones

    limits = spawning.ChildLimits(settings().stage_seconds, MEMORY_BYTES)
    png = spawning.call_spawned(f"{module}:decode", data, limits, REFUSAL)
    image = Image.open(BytesIO(png), formats=["PNG"])
    if block := image.info.get("photoshop"):
        image.info["photoshop"] = {IPTC_RESOURCE: bytes.fromhex(block)}
    return image


def to_png(image: "Image") -> bytes:
    """Returns an uncompressed PNG with profile, EXIF, XMP and IPTC, by which a child returns its pixels."""
    from PIL.PngImagePlugin import PngInfo

    out, texts, kept = BytesIO(), PngInfo(), _kept(image)
    if xmp := kept.pop("xmp", None):
        texts.add_itxt("XML:com.adobe.xmp", bytes(xmp).decode(errors="replace"))
    if resources := kept.pop("photoshop", None):
        texts.add_text("photoshop", resources[IPTC_RESOURCE].hex())
    image.save(out, "PNG", compress_level=0, pnginfo=texts, **kept)
    return out.getvalue()


def _kept(image: "Image") -> dict[str, Any]:
    return {name: image.info[name] for name in KEPT if image.info.get(name)}
